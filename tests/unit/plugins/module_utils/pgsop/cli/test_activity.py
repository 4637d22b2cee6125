# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activity as a person reads it, and as a program does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.report import summarize
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import Backend
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import activity, main, terminal
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.target import Target
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "", "", "", "")


def backend(pid: int, **facts: Any) -> Backend:
    plain = dict.fromkeys(Backend.__dataclass_fields__)
    plain.update(
        pid=pid, role="app", database="shop", application="web", client="", backend_type="client backend", state="idle"
    )
    plain.update(state_age_s=60.0, session_age_s=600.0, blocked_by=(), query="SELECT 1", truncated=False, masked=False)
    return Backend(**{**plain, **facts})


FOUND = [
    backend(1),
    backend(
        2,
        state="active",
        query_age_s=5.0,
        transaction_age_s=300.0,
        blocked_by=(3,),
        wait_event_type="Lock",
        wait_event="tuple",
    ),
    backend(3, state="idle in transaction", transaction_age_s=7200.0, query="odd\x1b", truncated=True),
    backend(4, role=None, database=None, backend_type="checkpointer", state=None),
    backend(
        5, state=None, masked=True, backend_type=None, role="other", query="<insufficient privilege>", state_age_s=None
    ),
]
REPORT: Any = {
    "cluster": "17/main",
    "server_version": "17.6",
    "at": 1.0,
    "role": "plain",
    "max_connections": 100,
    **summarize(FOUND, 3),
}
TOLD = """\
PostgreSQL 17.6, cluster 17/main: 4 sessions of 100, 1 blocking, 1 blocked
  by state: 1 active, 1 idle, 1 idle in transaction, 1 not visible
  by database: 4 shop
  by role: 3 app, 1 other
  waiting for: 1 Lock: tuple
  the server's own: 1 checkpointer
UNKNOWN: plain may not see what 1 session do; grant it pg_monitor, or use sudo

PID  CATEGORY  ROLE   DATABASE  STATE                     TRANS  WAIT              QUERY
  3  blocking  app    shop      idle in transaction 60 s    2 h                    odd\\x1b...
  2  blocked   app    shop      active 5 s                5 min  Lock: tuple <- 3  SELECT 1
  5  rest      other  shop      not visible                                        <insufficient privilege>

Not shown: 1 rest. All of them: --limit 4
"""


@pytest.fixture(name="asked", autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def answer(cluster: Cluster, **options: Any) -> Any:
        asked.append((cluster, options))
        return REPORT

    monkeypatch.setattr(activity, "activity", answer)
    monkeypatch.setattr(
        activity, "find_target", lambda arguments: Target(CLUSTER, "shop", arguments.dsn, "/health.json")
    )
    monkeypatch.setattr(activity, "become_target_owner", lambda _target, _arguments: None)
    return asked


def test_it_is_told(capsys: pytest.CaptureFixture[str], asked: list[Any]) -> None:
    assert main.main(["activity"]) == 0
    assert capsys.readouterr().out == TOLD
    assert asked == [(CLUSTER, {"database": "shop", "dsn": "", "limit": 20})]


def test_options(asked: list[Any]) -> None:
    assert main.main(["activity", "--limit", "5", "--dsn", "host=x"]) == 0
    assert asked == [(CLUSTER, {"database": "shop", "dsn": "host=x", "limit": 5})]
    assert main.main(["activity", "--limit", "-1"]) == 2


def test_programs_get_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["activity", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == old_keys.activity(REPORT)


def test_harm_is_in_colour(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(terminal, "colourful", lambda: True)
    main.main(["activity"])
    said = capsys.readouterr().out
    assert "\x1b[31mblocking\x1b[0m" in said
    assert "\x1b[33mblocked \x1b[0m" in said
    assert "odd\\x1b" in said
