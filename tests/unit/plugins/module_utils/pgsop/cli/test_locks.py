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
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.target import Target
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "", "", "", "")


def node(pid: int | None, depth: int, **facts: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "pid": pid,
        "depth": depth,
        "repeated": False,
        "in_cycle": False,
        "gid": None,
        "role": "app",
        "database": "shop",
        "application": "web",
        "state": "active",
        "state_age_s": 5.0,
        "transaction_age_s": 60.0,
        "wait_age_s": 50.0,
        "mode": "ShareLock",
        "object": "transaction 7",
        "holds": [],
        "blocked_sessions": 0,
        "query": "UPDATE t",
        "truncated": False,
    }
    return {**plain, **facts}


ROOT = node(
    1,
    0,
    mode=None,
    object=None,
    wait_age_s=None,
    state="idle in transaction",
    blocked_sessions=2,
    holds=["ExclusiveLock on transaction 7"],
)
MIGRATION = {
    "database": "shop",
    "tool": "Knex",
    "table": "public.knex",
    "reason": "it is locked",
    "since_s": None,
    "hint": "unlock it",
}
REPORT: dict[str, Any] = {
    "cluster": "17/main",
    "server_version": "17.6",
    "role": "postgres",
    "hidden_sessions": 0,
    "blocked": 2,
    "trees": [
        {
            "nodes": [
                ROOT,
                node(2, 1, blocked_sessions=1, truncated=True),
                node(3, 2, query="odd\x1b"),
                node(4, 1, repeated=True),
            ],
            "message": "session 1 holds up 2 sessions",
            "hint": "SELECT pg_terminate_backend(1)",
            "statements": [{"sql": "SELECT pg_terminate_backend(1)", "effect": "ends it"}],
            "blocked_sessions": 2,
        },
        {
            "nodes": [node(None, 0, gid="gid 1", application="", state=None, mode=None, query="")],
            "message": "it is prepared",
            "hint": "",
            "statements": [],
            "blocked_sessions": 0,
        },
    ],
    "prepared": [{"gid": "gid 1", "owner": "app", "database": "shop", "age_s": 7200.0, "blocked_sessions": 0}],
    "advisory": [
        {
            "database": "shop",
            "lock": "advisory lock 1",
            "granted": True,
            "pid": 9,
            "application": "",
            "role": "app",
            "state": "idle",
        },
    ],
    "migrations": [
        {**MIGRATION, "state": "failed", "status": "WARNING"},
        {**MIGRATION, "tool": "Prisma", "state": "finished", "status": "OK", "reason": "all is done", "hint": ""},
    ],
    "leftovers": [{"database": "shop", "message": "index i is invalid"}],
    "inaccessible_databases": {"closed": "permission denied"},
}
TOLD = """\
PostgreSQL 17.6, cluster 17/main: 2 sessions wait for a lock

1 app shop web; idle in transaction 5 s; transaction 60 s; holds up 2; has ExclusiveLock on transaction 7; UPDATE t
└─ 2 app shop web; waits for 50 s for ShareLock on transaction 7; transaction 60 s; holds up 1; UPDATE t...
   └─ 3 app shop web; waits for 50 s for ShareLock on transaction 7; transaction 60 s; odd\\x1b
└─ 4 app shop web; as above
  session 1 holds up 2 sessions.
    SELECT pg_terminate_backend(1)  -- ends it

prepared transaction gid 1 app shop; transaction 60 s
  it is prepared.

Prepared transactions:
  gid 1 of app in shop, 2 h ago, holds up 0

Advisory locks:
  shop: advisory lock 1, held by 9 app, idle

Migrations:
  shop: FAILED Knex (public.knex): it is locked
  shop: FINISHED Prisma (public.knex): all is done

Leftovers of migrations:
  shop: index i is invalid

Databases that cannot be read:
  closed: permission denied
  Next step for Knex in shop: unlock it
"""


@pytest.fixture(name="asked", autouse=True)
def _asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []

    def answer(cluster: Cluster, config: Any, **options: Any) -> dict[str, Any]:
        asked.append((cluster, config, options))
        return REPORT

    monkeypatch.setattr(locks, "lock_report", answer)
    monkeypatch.setattr(locks, "config_of", lambda version, name, path: (version, name, path))
    monkeypatch.setattr(locks, "find_target", lambda arguments: Target(CLUSTER, "shop", arguments.dsn, "/health.json"))
    monkeypatch.setattr(locks, "become_target_owner", lambda _target, _arguments: None)
    return asked


def test_it_is_told(capsys: pytest.CaptureFixture[str], asked: list[Any]) -> None:
    assert main.main(["locks", "--dsn", "host=x"]) == 0
    assert capsys.readouterr().out == TOLD
    assert asked == [(CLUSTER, (17, "main", "/health.json"), {"dsn": "host=x"})]


def test_programs_get_all_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["locks", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == old_keys.locks(REPORT)


def test_nothing_goes_on(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name, value in REPORT.items():
        if isinstance(value, (list, dict)):
            monkeypatch.setitem(REPORT, name, type(value)())
    monkeypatch.setitem(REPORT, "blocked", 0)
    monkeypatch.setitem(REPORT, "hidden_sessions", 3)
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
