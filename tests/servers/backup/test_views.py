# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions that a view calls, also through another view."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.views import called_by_views
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)


@on(13, 17)
def test_functions_are_found_through_views(host: Server) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    host.execute(
        "CREATE TABLE other (a int); CREATE FUNCTION leaf() RETURNS int LANGUAGE sql AS 'SELECT a FROM public.other';"
        "CREATE VIEW v AS SELECT leaf() AS a; CREATE VIEW w AS SELECT a FROM v;",
        database="d",
    )
    with connect(host.cluster, "d") as session:
        leaf = session.value("SELECT 'public.leaf()'::regprocedure::oid")
        assert called_by_views(session, [("public", "w"), ("public", "other"), ("nowhere", "v")]) == {
            ("public", "w"): [leaf]
        }
        session.execute("ALTER EXTENSION plpgsql ADD VIEW public.w")
        assert called_by_views(session, [("public", "w")]) == {}
