# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a function reads, through other functions, views and children of tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.functions import Functions
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.reading import Reading
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.search_path import search_path
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session, connect
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

_SCRIPT = """
CREATE TABLE parent (a int); CREATE TABLE child () INHERITS (parent); CREATE TABLE other (a int);
CREATE FUNCTION leaf() RETURNS int LANGUAGE sql AS 'SELECT a FROM public.other';
CREATE VIEW v AS SELECT leaf() AS a; CREATE VIEW w AS SELECT a FROM v;
CREATE FUNCTION again(int) RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN public.again($1) + (SELECT count(*) FROM public.parent, public.w); END';
"""


@pytest.fixture
def session(host: Server) -> Iterator[Session]:
    """A session in a database with functions that call each other."""
    host.execute("CREATE DATABASE d TEMPLATE template0")
    host.execute(_SCRIPT, database="d")
    with connect(host.cluster, "d") as session:
        yield session


def number(session: Session, text: str) -> int:
    """The number of a function."""
    return int(session.value("SELECT %(text)s::regprocedure::oid", {"text": text}))


@on(13, 17)
def test_relations_are_found_through_functions_views_and_children(session: Session) -> None:
    reading = Reading(session, Functions(session, search_path(session)))
    again, leaf = number(session, "public.again(int)"), number(session, "public.leaf()")
    reading.follow([again])
    pairs = {
        (function, session.value("SELECT %(oid)s::regclass::text", {"oid": relation}))
        for function, relation in reading.relations(again)
    }
    assert pairs == {
        *((again, name) for name in ("public.parent", "public.child", "public.w", "public.v")),
        (leaf, "public.other"),
    }
