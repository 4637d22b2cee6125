# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server would refuse of a declaration, by tables and by the files of the host, while no server answers."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from ..databases.declaration import declare
from ..databases.preconditions import database_problems
from ..databases.read_cluster import blank_cluster
from ..hba.pairs import unknown_names
from . import time_zones
from .request import PreflightRequest
from .server import missing_databases

_DATE_WORDS = re.compile(r"infinity|-infinity|epoch|now|today|tomorrow|yesterday", re.IGNORECASE)
#: Extensions in the server's own package of Debian, in all major versions from 13 to 18; the files of a host that has the package
#: decide there.
# fmt: off
CONTRIB = frozenset((
    "amcheck", "autoinc", "bloom", "btree_gin", "btree_gist", "citext", "cube", "dblink", "dict_int", "dict_xsyn",
    "earthdistance", "file_fdw", "fuzzystrmatch", "hstore", "insert_username", "intagg", "intarray", "isn", "lo",
    "ltree", "moddatetime", "pageinspect", "pg_buffercache", "pg_freespacemap", "pg_prewarm", "pg_stat_statements",
    "pg_surgery", "pg_trgm", "pg_visibility", "pg_walinspect", "pgcrypto", "pgrowlocks", "pgstattuple", "plperl",
    "plperlu", "plpgsql", "plpython3u", "pltcl", "pltclu", "postgres_fdw", "refint", "seg", "sslinfo", "tablefunc",
    "tcn", "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp", "xml2",
))
# fmt: on


def problems_without_server(request: PreflightRequest, *, bare: bool) -> list[str]:
    """Return what a server of the declared version would refuse, as sentences; what cannot be known is not refused.

    Args:
        request: the declaration.
        bare: whether the cluster does not exist yet.
    """
    found = [*_setting_problems(request), *_time_problems(request)]
    if bare:
        found += [*missing_databases(request, (), asked=False), *_database_problems(request)]
        found += unknown_names(request.pairs, request.declared_databases, request.declared_roles, asked=False)
    return found


def _setting_problems(request: PreflightRequest) -> Iterator[str]:
    """Yield refused settings: by the table of the controller, and time zones by the files of the host, if it has them."""
    for each in request.settings:
        problem = each["problem"]
        if each["name"].lower() in time_zones.SETTINGS and time_zones.has_files():
            problem = _zone_problem(each["name"], str(each["value"]))
        if problem:
            yield f"{each['place']}: {problem}"


def _zone_problem(name: str, value: str) -> str:
    if time_zones.is_computed(value) or time_zones.has_file(value):
        return ""
    return (
        f"{name} = {value}: the host has no such time zone; old names, such as US/Pacific, may need the package"
        " tzdata-legacy"
    )


def _time_problems(request: PreflightRequest) -> Iterator[str]:
    """Yield each valid_until that has neither a digit nor a word that the server knows; a server reads all other forms itself."""
    parts = [
        (f"pg_bootstrap_databases: database {database['name']}", role or {})
        for database in request.databases
        for role in (database.get("roles") or {}).values()
    ]
    for place, role in [*parts, *(("pg_bootstrap_roles", role) for role in request.roles)]:
        value = str(role.get("valid_until") or "")
        if value and not re.search(r"\d", value) and not _DATE_WORDS.fullmatch(value.strip()):
            yield f"{place}: valid_until of role {role.get('name', '')} is {value!r}, which is no time: write it like '2030-12-31 12:00+00'"


def _database_problems(request: PreflightRequest) -> Iterator[str]:
    declaration = declare(request.databases, request.roles, request.public_connect)
    state = blank_cluster(request.version, declaration.administrator)
    there = _extensions(request.version)
    for desired in declaration.databases.values():
        yield from (f"pg_bootstrap_databases: {problem}" for problem in database_problems(desired, state))
        for name in sorted(set(desired.extensions) - there):
            yield (
                f"pg_bootstrap_databases: database {desired.name}: no file of extension {name} is on the host; install its package first,"
                " or correct the name"
            )


def _extensions(version: int) -> frozenset[str]:
    folder = f"/usr/share/postgresql/{version}/extension"
    try:
        names = os.listdir(folder)
    except OSError:
        names = []
    files = frozenset(name.removesuffix(".control") for name in names if name.endswith(".control"))
    return files if "plpgsql" in files else files | CONTRIB
