# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of settings as PostgreSQL reads and writes them (guc.c, convert_to_base_unit and its inverse)."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: Each unit in the smallest one of its kind, largest first; the server's names are case-sensitive.
MEMORY: Mapping[str, float] = {"TB": 1024.0**4, "GB": 1024.0**3, "MB": 1024.0**2, "kB": 1024.0, "B": 1.0}
TIME: Mapping[str, float] = {"d": 86_400e6, "h": 3_600e6, "min": 60e6, "s": 1e6, "ms": 1e3, "us": 1.0}

#: The value for "decide it yourself" in autovacuum_work_mem, wal_buffers and similar settings.
AUTOMATIC = -1

_BASE = re.compile(r"(\d*)([A-Za-z]+)")


def in_base_unit(number: float, unit: str, base: str | None) -> float | None:
    """Return a number with a unit as a number of base units; None if the setting has no such unit.

    As in the server, a fraction is first rounded to the next smaller unit, so that 0.1GB is 102MB.

    Args:
        number: as written.
        unit: as written; empty counts base units.
        base: the setting's unit in pg_settings, for example ``8kB`` or ``ms``; None for a setting without a unit.
    """
    if not unit:
        return number
    table = _table(base)
    match = _BASE.fullmatch(base or "")
    if match is None or unit not in table:
        return None
    names = list(table)
    smaller = table[names[min(names.index(unit) + 1, len(names) - 1)]]
    amount = round(number * table[unit] / smaller) * smaller if unit != names[-1] else number * table[unit]
    return amount / (int(match.group(1) or 1) * table[match.group(2)])


def known_units(base: str | None) -> list[str]:
    """Return the units that a setting takes, smallest first; empty if it takes plain numbers only."""
    return list(_table(base))[::-1]


def format_memory(kb: int) -> str:
    """Return ``kb`` kB in the largest unit that holds it without a fraction, as SHOW does ("2GB", "1984MB")."""
    if kb <= 0:
        return str(kb)
    for unit in ("TB", "GB", "MB"):
        unit_kb = int(MEMORY[unit]) // 1024
        if kb % unit_kb == 0:
            return f"{kb // unit_kb}{unit}"
    return f"{kb}kB"


def _table(base: str | None) -> Mapping[str, float]:
    match = _BASE.fullmatch(base or "")
    for table in (MEMORY, TIME):
        if match is not None and match.group(2) in table:
            return table
    return {}
