# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The number of free connection slots."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..check import SERVER, Measured, check
from ..context import ServerContext

#: Since when there are connections for a role that is no superuser, too.
_RESERVED_SINCE = 16

# Who is a superuser is not held to a limit; without a limit it is -1, and 0 is a way to keep everybody out.
_ROLES = "SELECT rolname::text AS name, rolconnlimit AS room FROM pg_catalog.pg_roles WHERE rolconnlimit > 0 AND NOT rolsuper"


@check(
    "connections.slots",
    sop="4",
    title="connections in use",
    scope=SERVER,
    unit="%",
    warn=80,
    crit=90,
    hint="see who holds them with 'pgsop activity'; limit the application's pool, or raise pg_tuning_settings.max_connections",
)
def slots(here: ServerContext) -> Iterator[Measured]:
    """Yield the share of connection slots in use, in percent of max_connections less the reserved ones."""
    reserved = ["superuser_reserved_connections"] + (
        ["reserved_connections"] if here.version >= _RESERVED_SINCE else []
    )
    room = here.setting("max_connections").number - sum(here.setting(name).number for name in reserved)
    used = sum(1 for backend in here.backends if backend.is_client)
    yield Measured("server", 100.0 * used / room, f"{used} of {room:.0f} connections are in use")


@check(
    "connections.limits",
    sop="4",
    title="connections of roles and databases with a limit",
    scope=SERVER,
    unit="%",
    warn=80,
    crit=95,
    hint="limit the application's pool, or raise the limit: ALTER ROLE or ALTER DATABASE ... CONNECTION LIMIT",
)
def limits(here: ServerContext) -> Iterator[Measured]:
    """Yield the use of each CONNECTION LIMIT of a role or a database, in percent; limits of superusers do not apply."""
    clients = [backend for backend in here.backends if backend.is_client]
    roles, databases = Counter(each.role for each in clients), Counter(each.database for each in clients)
    for row in here.session.rows(_ROLES):
        yield _against("role", row["name"], roles[row["name"]], row["room"])
    for row in here.databases:
        if row["connection_limit"] > 0:
            yield _against("database", row["name"], databases[row["name"]], row["connection_limit"])


def _against(kind: str, name: str, used: int, room: int) -> Measured:
    return Measured(f"{kind} {name}", 100.0 * used / room, f"{kind} {name} uses {used} of its {room} connections")
