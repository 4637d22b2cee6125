# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a dump from being restored is found by reading; each scene was dumped and restored with pg_dump and pg_restore, too."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.snapshot import exported
from ansible_collections.aerovista.postgresql.tests.servers.obstacle_scenes import SCENES, Scene
from ansible_collections.aerovista.postgresql.tests.servers.obstacles import found, remaining
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)


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
            "public.void": 0,
            "public.t": 2,
        }


@on(13, 17)
def test_hint_removes_the_obstacle(host: Server) -> None:
    (scene,) = (each for each in SCENES if each.name == "check_of_quoted_names")
    (obstacle,) = found(host, scene.script)
    assert obstacle.hint == 'ALTER FUNCTION "My App"."Known?"(integer) SET search_path = public;'
    host.execute(obstacle.hint, database="d")
    assert remaining(host) == []


@on(13, 17)
def test_path_of_a_role_counts(host: Server) -> None:
    host.execute("CREATE ROLE app", "ALTER ROLE app SET search_path = '$user', public")
    script = """
    CREATE SCHEMA app; CREATE TABLE app.thing (id int); ALTER DATABASE d SET search_path = public;
    CREATE FUNCTION public.f(i int) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN NOT EXISTS (SELECT FROM thing); END';
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
