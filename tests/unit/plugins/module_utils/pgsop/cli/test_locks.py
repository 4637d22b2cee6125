# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks as a person reads them, and as a program does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import locks, main, terminal
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.target import ServerTarget
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.render.samples import (
    LOCKS,
    LOCKS_TEXT,
)

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "", "", "", "")


@pytest.fixture(name="asked", autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def answer(cluster: Cluster, config: Any, **options: Any) -> Any:
        asked.append((cluster, config, options))
        return LOCKS

    monkeypatch.setattr(locks, "lock_report", answer)
    monkeypatch.setattr(locks, "config_of", lambda version, name, path: (version, name, path))
    monkeypatch.setattr(
        locks, "find_target", lambda arguments: ServerTarget(CLUSTER, "shop", arguments.dsn, "/health.json")
    )
    monkeypatch.setattr(locks, "become_target_owner", lambda _target, _arguments: None)
    return asked


def test_it_is_told(capsys: pytest.CaptureFixture[str], asked: list[Any]) -> None:
    assert main.main(["locks", "--dsn", "host=x"]) == 0
    assert capsys.readouterr().out == LOCKS_TEXT
    assert asked == [(CLUSTER, (17, "main", "/health.json"), {"dsn": "host=x"})]


def test_programs_get_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["locks", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == old_keys.locks(LOCKS)


def test_nothing_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in LOCKS.items():
        if isinstance(value, (list, dict)):
            monkeypatch.setitem(LOCKS, name, type(value)())
    monkeypatch.setitem(LOCKS, "blocked", 0)
    monkeypatch.setitem(LOCKS, "hidden_sessions", 3)
    main.main(["locks"])
    assert capsys.readouterr().out == (
        "PostgreSQL 17.6, cluster 17/main: no session waits for a lock\n"
        "UNKNOWN: postgres may not see what 3 sessions do; grant it pg_monitor, or use sudo\n"
    )


def test_on_a_terminal_lines_fit(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(locks, "columns", lambda: 40)
    monkeypatch.setattr(terminal, "colourful", lambda: True)
    main.main(["locks"])
    said = capsys.readouterr().out
    assert "1 app shop web; idle in transaction 5...\n" in said
    assert "\x1b[33m2 sessions wait for a lock\x1b[0m" in said
    assert "\x1b[33mFAILED\x1b[0m" in said
