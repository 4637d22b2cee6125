# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports, each with the lines that the command prints for it."""

from __future__ import annotations

from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.report import summarize
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import Backend
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import Cause
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import Diagnosis
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.steps import Step
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import CRITICAL, OK, UNKNOWN


def _backend(pid: int, **facts: Any) -> Backend:
    plain = dict.fromkeys(Backend.__dataclass_fields__)
    plain.update(
        pid=pid, role="app", database="shop", application="web", client="", backend_type="client backend", state="idle"
    )
    plain.update(state_age_s=60.0, session_age_s=600.0, blocked_by=(), query="SELECT 1", truncated=False, masked=False)
    return Backend(**{**plain, **facts})


_FOUND = [
    _backend(1),
    _backend(
        2,
        state="active",
        query_age_s=5.0,
        transaction_age_s=300.0,
        blocked_by=(3,),
        wait_event_type="Lock",
        wait_event="tuple",
    ),
    _backend(3, state="idle in transaction", transaction_age_s=7200.0, query="odd\x1b", truncated=True),
    _backend(4, role=None, database=None, backend_type="checkpointer", state=None),
    _backend(
        5, state=None, masked=True, backend_type=None, role="other", query="<insufficient privilege>", state_age_s=None
    ),
]
ACTIVITY: Any = {
    "cluster": "17/main",
    "server_version": "17.6",
    "at": 1.0,
    "role": "plain",
    "max_connections": 100,
    **summarize(_FOUND, 3),
}
ACTIVITY_TEXT = """\
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


def _node(pid: int | None, depth: int, **facts: Any) -> dict[str, Any]:
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


_ROOT = _node(
    1,
    0,
    mode=None,
    object=None,
    wait_age_s=None,
    state="idle in transaction",
    blocked_sessions=2,
    holds=["ExclusiveLock on transaction 7"],
)
_MIGRATION = {
    "database": "shop",
    "tool": "Knex",
    "table": "public.knex",
    "reason": "it is locked",
    "since_s": None,
    "hint": "unlock it",
}
LOCKS: Any = {
    "cluster": "17/main",
    "server_version": "17.6",
    "role": "postgres",
    "hidden_sessions": 0,
    "blocked": 2,
    "trees": [
        {
            "nodes": [
                _ROOT,
                _node(2, 1, blocked_sessions=1, truncated=True),
                _node(3, 2, query="odd\x1b"),
                _node(4, 1, repeated=True),
            ],
            "message": "session 1 holds up 2 sessions",
            "hint": "SELECT pg_terminate_backend(1)",
            "statements": [{"sql": "SELECT pg_terminate_backend(1)", "effect": "ends it"}],
            "blocked_sessions": 2,
        },
        {
            "nodes": [_node(None, 0, gid="gid 1", application="", state=None, mode=None, query="")],
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
        {**_MIGRATION, "state": "failed", "status": "WARNING"},
        {**_MIGRATION, "tool": "Prisma", "state": "finished", "status": "OK", "reason": "all is done", "hint": ""},
        {
            **_MIGRATION,
            "tool": "unknown tool",
            "table": "",
            "state": "running",
            "status": "OK",
            "reason": "session 5",
            "hint": "",
        },
    ],
    "leftovers": [{"database": "shop", "message": "index i is invalid"}],
    "inaccessible_databases": {"closed": "permission denied"},
}
LOCKS_TEXT = """\
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
  shop: RUNNING unknown tool: session 5

Leftovers of migrations:
  shop: index i is invalid

Databases that cannot be read:
  closed: permission denied
  Next step for Knex in shop: unlock it
"""

_STEPS = (Step("listener", OK, "127.0.0.1"), Step("role", CRITICAL, "odd\x1b"), Step("slots", UNKNOWN, "hidden"))
_CAUSE = Cause(
    "role.nologin", "role app may not log in", "ALTER ROLE app LOGIN;", sql=True, declared="in the inventory"
)
REFUSED = Diagnosis(False, _CAUSE, _STEPS, {"host": "x"}, {}, psql="sudo -u postgres psql")
ACCEPTED = Diagnosis(True, None, _STEPS[:1], {"host": "x"}, {"user": "app"})
REFUSED_TEXT = """\
listener  OK        127.0.0.1
role      CRITICAL  odd\\x1b
slots     UNKNOWN   hidden

Cause: role app may not log in (role.nologin)
Next step: ALTER ROLE app LOGIN;
  in psql: sudo -u postgres psql
  declared: in the inventory
"""
