# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that only the search path finds, although pg_catalog has their name."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.operators import (
    operators_of_types,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)


@on(13, 17)
def test_operators_count_that_pg_catalog_has_for_other_types_only(host: Server) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    host.execute("CREATE TABLE item (a int); CREATE EXTENSION hstore; CREATE EXTENSION citext", database="d")
    with connect(host.cluster, "d") as session:
        hstore, citext, item = (
            int(session.value(f"SELECT 'public.{name}'::regtype::oid")) for name in ("hstore", "citext", "item")
        )
        wanted = [("->", hstore), ("||", hstore), ("@>", hstore), ("=", citext), ("=", item), ("->", 25)]
        assert operators_of_types(session, wanted) == {("->", hstore): {"public"}, ("@>", hstore): {"public"}}
