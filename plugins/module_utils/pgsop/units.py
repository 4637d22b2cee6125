# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory sizes as PostgreSQL reads and writes them (guc.c, convert_to_base_unit and its inverse)."""

from __future__ import annotations

import re

#: Bytes per unit; PostgreSQL's unit names are case-sensitive.
_UNIT_BYTES = {"B": 1, "kB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}
_SIZE = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([A-Za-z]*)\s*")

#: What "decide it yourself" looks like in autovacuum_work_mem, wal_buffers and friends.
AUTOMATIC = -1


def parse_memory_kb(value: float | str, base_kb: int) -> int:
    """Return a memory setting's value in kB.

    A plain number counts in the setting's own base unit of ``base_kb`` kB (shared_buffers 8, work_mem 1,
    max_wal_size 1024), a number with one of B, kB, MB, GB or TB counts in that unit. As in the server the
    result is rounded to whole base units, a fraction first to the next smaller unit ("0.1GB" is 102MB).
    A plain -1 (automatic) stays -1 whatever the base. ValueError when it is no memory size.
    """
    match = None if isinstance(value, bool) else _SIZE.fullmatch(str(value))
    if match is None:
        raise ValueError(f"{value!r} is not a memory size: write a number and one of B, kB, MB, GB, TB")
    number, unit = float(match.group(1)), match.group(2)
    if number < 0:
        if number == AUTOMATIC and not unit:
            return AUTOMATIC
        raise ValueError(f"{value!r} is negative: the only negative memory setting is a plain -1 (automatic)")
    if not unit:
        return round(number) * base_kb
    if unit not in _UNIT_BYTES:
        raise ValueError(f"{value!r} has the unit {unit!r}: PostgreSQL knows B, kB, MB, GB and TB, in this spelling")
    smaller = max(1, _UNIT_BYTES[unit] // 1024)
    size_bytes = round(number * _UNIT_BYTES[unit] / smaller) * smaller
    return round(size_bytes / (base_kb * 1024)) * base_kb


def format_memory(kb: int) -> str:
    """Return ``kb`` kB in the largest unit that holds it without a fraction, as SHOW does ("2GB", "1984MB")."""
    if kb <= 0:
        return str(kb)
    for unit in ("TB", "GB", "MB"):
        unit_kb = _UNIT_BYTES[unit] // 1024
        if kb % unit_kb == 0:
            return f"{kb // unit_kb}{unit}"
    return f"{kb}kB"
