# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Server settings that are declared: names and values, judged by what the servers of each major version accept, without a server."""

from __future__ import annotations

import csv
import functools
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.nearest import nearest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.preflight import time_zones
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.values import (
    Parameter,
    canonical,
    written,
)

#: Written by scripts/server_settings.py.
TABLE = Path(__file__).with_name("server_settings.csv")
#: Contexts of settings that a database or role cannot have.
_SERVER_ONLY = frozenset({"postmaster", "sighup", "backend", "superuser-backend"})
#: Names differ less than those of variables: work_mem and work_memm have 0.94, log_statement and log_statment 0.96.
_SIMILAR = 0.8


def setting_problem(name: str, value: Any, major: int, *, of_session: bool) -> str:
    """Return why the server of a major version would refuse a setting, as a sentence; empty if it would not, or if that is not known.

    A minor release can add a setting (17.12 of Debian has composite_type_mismatch), so a name that is in no table is refused only if it
    is similar to one that is.

    Args:
        name: of the setting.
        value: as declared.
        major: of the server.
        of_session: whether it is declared for a database or role.
    """
    known = settings_of(major)
    parameter = known.get(name.lower())
    if parameter is None:
        # A name with a dot belongs to an extension.
        return "" if "." in name else _unknown(name, known)
    if of_session and parameter.context in _SERVER_ONLY:
        return f"{name} is a setting of the whole server, not of a database or role"
    try:
        # Lists, such as search_path, have no other rules than those of names.
        canonical(parameter, "" if isinstance(value, (list, tuple)) else value)
    except ValueError as error:
        return f"{name} = {written(value)}: {error}"
    if name.lower() in time_zones.SETTINGS and not _is_time_zone(str(value)):
        return f"{name} = {value}: there is no such time zone"
    return ""


def _is_time_zone(name: str) -> bool:
    """Return whether there is such a time zone; all are accepted if the controller has no database of them."""
    known = {each.lower() for each in zoneinfo.available_timezones()}
    return not known or name.lower() in known or time_zones.is_computed(name)


@functools.cache
def settings_of(major: int) -> Mapping[str, Parameter]:
    """Return the settings of a major version by name in lower case; of the nearest one that the table has, if it does not have this one."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    nearest_major = min(max(major, min(int(row["first"]) for row in rows)), max(int(row["last"]) for row in rows))
    return {
        row["name"].lower(): Parameter(
            name=row["name"],
            setting="",
            vartype=row["vartype"],
            context=row["context"],
            unit=row["unit"] or None,
            min_val=row["min_val"] or None,
            max_val=row["max_val"] or None,
            enumvals=tuple(row["enumvals"].split("|")) if row["enumvals"] else None,
        )
        for row in rows
        if int(row["first"]) <= nearest_major <= int(row["last"])
    }


def _unknown(name: str, known: Mapping[str, Parameter]) -> str:
    near = nearest(name.lower(), known, _SIMILAR)
    return f"the server has no setting {name}: did you mean {known[near].name}?" if near else ""
