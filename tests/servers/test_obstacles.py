# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a dump from being restored is found by reading; each scene was dumped and restored with pg_dump and pg_restore, too."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles import Obstacle, find
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.snapshot import exported
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.tests.servers.obstacle_scenes import SCENES, Scene
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

#: An extension as CREATE EXTENSION leaves it, without files: its table is a member, and its rows are dumped. `first` are rows of its script.
_EXTENSION = """
SET allow_system_table_mods = on;
BEGIN;
INSERT INTO pg_extension VALUES (99990, 'fake', 10, 2200, false, '1.0', NULL, NULL);
CREATE TABLE config (id int {key}); {first}
INSERT INTO pg_depend SELECT 'pg_class'::regclass, 'config'::regclass, 0, 'pg_extension'::regclass, 99990, 0, 'e';
CREATE VIEW last_one AS SELECT 1;
INSERT INTO pg_depend SELECT 'pg_class'::regclass, 'last_one'::regclass, 0, 'pg_extension'::regclass, 99990, 0, 'e';
UPDATE pg_extension SET extconfig = ARRAY['config'::regclass::oid], extcondition = ARRAY['{condition}'] WHERE extname = 'fake';
{then}
COMMIT;
"""
_ROW = "INSERT INTO config VALUES (1);"
_PAIR = """
CREATE TABLE up (a int, b text, PRIMARY KEY (a, b)); INSERT INTO up VALUES (1, 'x'), (2, 'y');
CREATE TABLE down (b text, a int); INSERT INTO down VALUES ('x', 1), (NULL, NULL);
ALTER TABLE down ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES up {more};
"""
_DISABLED = "ALTER TABLE down DISABLE TRIGGER ALL;"


def found(host: Server, script: str) -> list[Obstacle]:
    """All obstacles of a database that a script makes."""
    host.execute("CREATE DATABASE d TEMPLATE template0")
    host.execute(script, database="d")
    with connect(host.cluster, "d") as session:
        return list(find(session))


@on(13, 15, 17, 18)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_objects_that_a_restore_cannot_evaluate(host: Server, scene: Scene) -> None:
    if scene.since <= host.major <= scene.until:
        assert {(each.kind, each.name) for each in found(host, scene.script)} == set(scene.found)


@on(13, 15)
def test_rows_are_counted_under_an_index_of_names_without_a_schema(host: Server) -> None:
    (scene,) = (each for each in SCENES if each.name == "index_of_no_rows")
    assert len(found(host, scene.script + "INSERT INTO t VALUES (1), (2);")) == 1
    with exported(host.cluster, "d", lock_timeout_s=5) as snapshot:
        counted = snapshot.count(snapshot.relations)
        assert {snapshot.relations[oid].name: rows for oid, rows in counted.items()} == {
            "public.item": 2,
            "public.t": 2,
        }


@on(13, 17)
def test_hint_removes_the_obstacle(host: Server) -> None:
    (scene,) = (each for each in SCENES if each.name == "check_of_quoted_names")
    (obstacle,) = found(host, scene.script)
    assert obstacle.hint == 'ALTER FUNCTION "My App"."Known?"(integer) SET search_path = public;'
    host.execute(obstacle.hint, database="d")
    with connect(host.cluster, "d") as session:
        assert find(session) == ()


@on(13, 17)
def test_path_of_a_role_counts(host: Server) -> None:
    host.execute("CREATE ROLE app", "ALTER ROLE app SET search_path = '$user', public")
    script = """
    CREATE SCHEMA app; CREATE TABLE app.thing AS SELECT 1 AS id; ALTER DATABASE d SET search_path = public;
    CREATE FUNCTION public.f(i int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN EXISTS (SELECT FROM thing); END';
    SET search_path = app; CREATE TABLE public.t (a int CONSTRAINT k CHECK (public.f(a))); INSERT INTO public.t VALUES (1);
    """
    (obstacle,) = found(host, script)
    assert (obstacle.name, obstacle.hint) == (
        "public.t.k",
        "ALTER FUNCTION public.f(integer) SET search_path = public, app;",
    )


@on(13, 17)
def test_functions_of_extensions_are_not_altered(host: Server) -> None:
    script = """
    CREATE TABLE item (); CREATE FUNCTION f(int) RETURNS bool LANGUAGE sql AS 'SELECT count(*) >= 0 FROM item';
    CREATE TABLE t (a int CONSTRAINT k CHECK (f(a))); INSERT INTO t VALUES (1); ALTER EXTENSION plpgsql ADD FUNCTION f(int);
    """
    (obstacle,) = found(host, script)
    assert obstacle.name == "public.t.k"
    assert "ALTER FUNCTION" not in obstacle.hint


@on(13, 15, 17, 18)
@pytest.mark.parametrize(
    ("key", "first", "condition", "then", "expected"),
    [
        ("PRIMARY KEY", _ROW, "", "", True),
        ("UNIQUE", _ROW, "", "", True),
        ("", _ROW, "", "", False),
        ("PRIMARY KEY", _ROW, "WHERE id > 1", "", False),
        ("PRIMARY KEY", "", "", _ROW, False),
        ("PRIMARY KEY", "", "", f"COMMIT; BEGIN; {_ROW}", False),
        ("PRIMARY KEY", _ROW, "", "DELETE FROM config;", False),
    ],
    ids=["key", "unique", "no_key", "left_out", "same_transaction", "later", "deleted"],
)
def test_rows_of_an_extensions_script(
    host: Server, key: str, first: str, condition: str, then: str, expected: bool
) -> None:
    script = _EXTENSION.format(key=key, first=first, condition=condition, then=then)
    assert [(each.kind, each.name) for each in found(host, script)] == [("extension", "fake")] * expected


@on(13, 15, 17, 18)
@pytest.mark.parametrize(
    ("more", "then", "expected"),
    [
        ("", f"{_DISABLED} INSERT INTO down VALUES ('y', 1)", True),
        ("", "ALTER TABLE up DISABLE TRIGGER ALL; DELETE FROM up WHERE a = 1", True),
        ("MATCH FULL", f"{_DISABLED} INSERT INTO down VALUES (NULL, 1)", True),
        ("", f"{_DISABLED} INSERT INTO down VALUES (NULL, 7), ('y', 2)", False),
        ("", "INSERT INTO down VALUES ('y', 2)", False),
        ("NOT VALID", f"{_DISABLED} INSERT INTO down VALUES ('y', 1)", False),
    ],
    ids=["orphan", "deleted_key", "full", "no_orphan", "enabled", "not_valid"],
)
def test_orphans_under_disabled_triggers(host: Server, more: str, then: str, expected: bool) -> None:
    assert [(each.kind, each.name) for each in found(host, _PAIR.format(more=more) + then)] == [
        ("constraint", "public.down.k")
    ] * expected
