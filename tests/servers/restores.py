# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Restores without the programs that restore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import database_properties
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.manifest import DatabaseDump
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import StoredSet
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import properties, scratch
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import RestorePlan
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import quote

ALL = (13, 14, 15, 16, 17, 18)


def plan_of(found: database_properties.Properties, major: int) -> RestorePlan:
    dump: dict[str, Any] = dict.fromkeys(DatabaseDump.__dataclass_fields__, 0)
    made = DatabaseDump(**{**dump, "name": "d", "properties": found})
    return RestorePlan(StoredSet("set", "/set", None, ()), made, {}, {}, (), major, major)


@contextmanager
def restored(host: Server, database: str) -> Iterator[tuple[scratch.Scratch, RestorePlan]]:
    """A scratch database with everything but the objects of another one."""
    with connect(host.cluster) as session:
        plan = plan_of(database_properties.read(session, database), host.major)
    with ExitStack() as stack:
        made = stack.enter_context(scratch.opened(host.cluster, "restore", database=database))
        made.create(properties.creation(plan.dump.properties, made.name, major=host.major))
        owner = quote(plan.dump.properties["owner"])
        made.guard.execute(f"ALTER DATABASE {made.name} OWNER TO {owner}")
        yield made, plan


def databases(host: Server) -> list[str]:
    return [
        name
        for (name,) in host.rows("SELECT datname FROM pg_database WHERE datname !~ '^(postgres|template)' ORDER BY 1")
    ]
