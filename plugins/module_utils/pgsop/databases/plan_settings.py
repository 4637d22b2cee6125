# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that databases and roles carry (``pg_db_role_setting``): exact where both are declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..sql import LIST_SETTINGS, setting_name, split_identifiers
from .statement import Statement, set_to


def normalized(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return declared values in the form that is compared and sent.

    Returns:
        name in lower case -> text (booleans as on and off), or a list of names for settings such as search_path.
    """
    return {str(name).lower(): _value(str(name).lower(), value) for name, value in settings.items()}


def plan_settings(head: str, desired: Mapping[str, Any], have: Mapping[str, str]) -> Iterator[Statement]:
    """Yield the statements that bring the settings of one role or database to the declaration.

    Args:
        head: ``ALTER DATABASE x``, ``ALTER ROLE x``, or ``ALTER ROLE x IN DATABASE y``.
        desired: declared settings.
        have: stored ones, as :func:`stored_settings` returns them.
    """
    wanted = normalized(desired)
    stored = {name.lower(): (name, text) for name, text in have.items()}
    for key in sorted(set(stored) - set(wanted)):
        yield Statement(f"{head} RESET {setting_name(stored[key][0])}")
    for key in sorted(wanted):
        if key not in stored or _read(key, stored[key][1]) != wanted[key]:
            yield Statement(f"{head} SET {setting_name(key)} TO {set_to(wanted[key])}")


def stored_settings(lines: list[str]) -> Mapping[str, str]:
    """Return the settings of one row of ``pg_db_role_setting``: name -> text, from entries ``name=value``."""
    return dict(line.split("=", maxsplit=1) for line in lines)


def _value(name: str, value: Any) -> Any:
    if name in LIST_SETTINGS:
        # The server stores an empty list as one empty name.
        return (list(map(str, value)) if isinstance(value, (list, tuple)) else split_identifiers(str(value))) or [""]
    if isinstance(value, bool):
        return "on" if value else "off"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _read(name: str, text: str) -> Any:
    return split_identifiers(text) or [""] if name in LIST_SETTINGS else text
