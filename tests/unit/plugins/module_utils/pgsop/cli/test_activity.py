# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activity as a person reads it, and as a program does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import activity, main, terminal
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.target import ServerTarget
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.render.samples import (
    ACTIVITY,
    ACTIVITY_TEXT,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "", "", "", "")


@pytest.fixture(name="asked", autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def answer(cluster: Cluster, **options: Any) -> Any:
        asked.append((cluster, options))
        return ACTIVITY

    monkeypatch.setattr(activity, "activity", answer)
    monkeypatch.setattr(
        activity, "find_target", lambda arguments: ServerTarget(CLUSTER, "shop", arguments.dsn, "/health.json")
    )
    monkeypatch.setattr(activity, "become_target_owner", lambda _target, _arguments: None)
    return asked


def test_it_is_told(capsys: pytest.CaptureFixture[str], asked: list[Any]) -> None:
    assert main.main(["activity"]) == 0
    assert capsys.readouterr().out == ACTIVITY_TEXT
    assert asked == [(CLUSTER, {"database": "shop", "dsn": "", "limit": 20})]


def test_options(asked: list[Any]) -> None:
    assert main.main(["activity", "--limit", "5", "--dsn", "host=x"]) == 0
    assert asked == [(CLUSTER, {"database": "shop", "dsn": "host=x", "limit": 5})]
    assert main.main(["activity", "--limit", "-1"]) == 2


def test_programs_get_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["activity", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == old_keys.activity(ACTIVITY)


def test_harm_is_in_colour(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(terminal, "colourful", lambda: True)
    main.main(["activity"])
    said = capsys.readouterr().out
    assert "\x1b[31mblocking\x1b[0m" in said
    assert "\x1b[33mblocked \x1b[0m" in said
    assert "odd\\x1b" in said
