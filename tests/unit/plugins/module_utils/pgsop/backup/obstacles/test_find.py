# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All searches are run, in their order, in the session of the dump."""

from __future__ import annotations

import sys
from typing import Any, cast

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles import Obstacle
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles import find as finding


def test_what_all_searches_find_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    session = cast("Any", object())
    asked: list[object] = []

    def search(*names: str) -> Any:
        def run(given: object) -> list[Obstacle]:
            asked.append(given)
            return [Obstacle("view", name, "", "") for name in names]

        return run

    module = sys.modules[finding.__module__]
    monkeypatch.setattr(module, "_SEARCHES", (search("a", "b"), search(), search("c")))
    assert [obstacle.name for obstacle in finding(session)] == ["a", "b", "c"]
    assert asked == [session] * 3
