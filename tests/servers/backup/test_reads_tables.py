# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore evaluates before it has filled the tables that a function reads."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.obstacle_scenes import Scene
from ansible_collections.aerovista.postgresql.tests.servers.obstacles import found, remaining
from ansible_collections.aerovista.postgresql.tests.servers.reading_scenes import SCENES
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)


def scene(name: str) -> Scene:
    """The scene of a name."""
    (wanted,) = (each for each in SCENES if each.name == name)
    return wanted


@on(13, 15, 17, 18)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_objects_that_a_restore_evaluates_too_early(host: Server, scene: Scene) -> None:
    if scene.since <= host.major <= scene.until:
        assert {(each.kind, each.name) for each in found(host, scene.script)} == set(scene.found)


@on(13, 17)
def test_message_names_the_object_the_function_and_the_table(host: Server) -> None:
    (obstacle,) = found(host, scene("called").script)
    assert obstacle.message == (
        "a restore evaluates constraint public.t.k while it loads rows, and function public.inner_one(text) reads public.codes,"
        " whose rows may be missing then"
    )


@on(13, 17)
@pytest.mark.parametrize("name", ["check", "domain", "check_of_partitions", "quoted_names"])
def test_hint_for_a_check_removes_the_obstacle(host: Server, name: str) -> None:
    (obstacle,) = found(host, scene(name).script)
    host.execute(obstacle.hint, database="d")
    assert remaining(host) == []


@on(13, 17)
@pytest.mark.parametrize("name", ["generated", "generated_quoted"])
def test_statement_of_the_hint_for_a_generated_column_removes_the_obstacle(host: Server, name: str) -> None:
    (obstacle,) = found(host, scene(name).script)
    host.execute(obstacle.hint.split(";", maxsplit=1)[0], database="d")
    assert remaining(host) == []


@on(13, 17)
def test_search_path_for_a_function_that_reads_a_table_is_not_enough(host: Server) -> None:
    script = scene("check").script.replace("public.codes", "codes")
    names, _reads = found(host, script)
    assert names.hint == "ALTER FUNCTION public.ok(text) SET search_path = public;"
    host.execute(names.hint, database="d")
    (left,) = remaining(host)
    assert "reads public.codes" in left.message
    host.execute(left.hint, database="d")
    assert remaining(host) == []


@on(17)
def test_rows_that_an_extension_inserts_are_there_first(host: Server) -> None:
    assert found(host, scene("check").script + "ALTER EXTENSION plpgsql ADD TABLE codes;") == []
