# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All searches are run, in their order, in the session of the dump."""

from __future__ import annotations

from typing import Any, cast

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles import find as finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.obstacle import Obstacle
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import ServerError


class Session:
    """Keeps the statements about savepoints."""

    def __init__(self) -> None:
        self.executed: list[str] = []

    def execute(self, statement: str) -> None:
        self.executed.append(statement)


def refused(code: str) -> ServerError:
    return ServerError(attempted="a", target="b", answer="c", next_step="d", code=code)


def test_query_that_cannot_be_planned_does_not_cost_the_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(_session: object) -> list[Obstacle]:
        raise refused("42P01")

    session = Session()
    monkeypatch.setattr(finding, "_SEARCHES", (search,))
    assert finding.find_obstacles(cast("Any", session)) == ()
    assert session.executed[-1] == "ROLLBACK TO SAVEPOINT search"


def test_other_failure_ends_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    def search(_session: object) -> list[Obstacle]:
        raise refused("57014")

    monkeypatch.setattr(finding, "_SEARCHES", (search,))
    with pytest.raises(ServerError):
        finding.find_obstacles(cast("Any", Session()))


def test_what_all_searches_find_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session()
    asked: list[object] = []

    def search(*names: str) -> Any:
        def run(given: object) -> list[Obstacle]:
            asked.append(given)
            return [Obstacle("view", name, "", "") for name in names]

        return run

    monkeypatch.setattr(finding, "_SEARCHES", (search("a", "b"), search(), search("c")))
    assert [obstacle.name for obstacle in finding.find_obstacles(cast("Any", session))] == ["a", "b", "c"]
    assert asked == [session] * 3
