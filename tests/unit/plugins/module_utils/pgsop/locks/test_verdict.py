# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is the matter, and what one would run."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.locks.verdict import (
    ending_statements,
    long,
    verdict,
)


def node(pid: int | None, **facts: Any) -> dict[str, Any]:
    plain = {
        "pid": pid,
        "gid": None,
        "role": "app",
        "database": "shop",
        "application": "web",
        "backend_type": "client backend",
        "state": "active",
        "visible": True,
        "query_age_s": 10.0,
        "transaction_age_s": 20.0,
        "state_age_s": 300.0,
        "wait_age_s": None,
        "mode": None,
        "object": None,
        "blocked_sessions": 0,
        "in_cycle": False,
    }
    return {**plain, **facts}


WAITER = node(2, wait_age_s=90.0, mode="ShareLock", object="transaction 7")
MIGRATION = node(
    3, wait_age_s=200.0, mode="AccessExclusiveLock", object="app.t", blocked_sessions=2, application="deploy"
)
CASES = [
    (
        [node(1, blocked_sessions=1), WAITER],
        "session 1 (web, app on shop) is at work for 10 s and holds up 1 session, the longest for 90 s",
        ["SELECT pg_cancel_backend(1)", "SELECT pg_terminate_backend(1)"],
    ),
    (
        [node(1, blocked_sessions=1, state="idle in transaction (aborted)"), WAITER],
        (
            "session 1 (web, app on shop) is idle in transaction (aborted) for 5 min, where cancelling has no effect, and holds up 1 session,"
            " the longest for 90 s"
        ),
        ["SELECT pg_terminate_backend(1)"],
    ),
    (
        [node(1, blocked_sessions=3, state="idle"), MIGRATION, WAITER, WAITER],
        (
            "session 1 (web, app on shop) is idle for 5 min with a lock of its session, where cancelling has no effect, and holds up 3 sessions,"
            " the longest for 3 min; 2 sessions of these only because session 3 (deploy, app on shop) wants AccessExclusiveLock on app.t and"
            " stands before them"
        ),
        ["SELECT pg_cancel_backend(3)", "SELECT pg_terminate_backend(1)"],
    ),
    (
        [node(None, gid="it's \\", blocked_sessions=1, transaction_age_s=9000.0), WAITER],
        "prepared transaction it's \\ of app in shop was prepared 2 h ago, belongs to no session and holds up 1 session, the longest for 90 s",
        ["ROLLBACK PREPARED E'it''s \\\\'", "COMMIT PREPARED E'it''s \\\\'"],
    ),
    (
        [node(None, blocked_sessions=1), WAITER],
        "a prepared transaction belongs to no session and holds up 1 session, the longest for 90 s",
        ["SELECT * FROM pg_prepared_xacts"],
    ),
    (
        [node(1, blocked_sessions=1, backend_type="autovacuum worker", application="", role=None), WAITER],
        "session 1 (autovacuum worker, on shop) is at work for 10 s and holds up 1 session, the longest for 90 s",
        ["SELECT pg_cancel_backend(1)"],
    ),
    (
        [node(1, blocked_sessions=1, visible=False, state=None), WAITER],
        "session 1 (web, app on shop) may not be looked at and holds up 1 session, the longest for 90 s",
        ["SELECT pg_cancel_backend(1)", "SELECT pg_terminate_backend(1)"],
    ),
    (
        [
            node(1, blocked_sessions=1, in_cycle=True, transaction_age_s=50.0),
            node(2, blocked_sessions=1, in_cycle=True),
        ],
        (
            "session 1 (web, app on shop) and 1 session wait for each other in a circle; the server ends one of them after deadlock_timeout,"
            " a second if nothing else is set"
        ),
        ["SELECT pg_cancel_backend(2)", "SELECT pg_terminate_backend(2)"],
    ),
]


@pytest.mark.parametrize(("nodes", "sentence", "statements"), CASES)
def test_it_is_told(nodes: list[Any], sentence: str, statements: list[str]) -> None:
    assert verdict(nodes) == sentence
    assert [each["sql"] for each in ending_statements(nodes)] == statements
    assert all(each["effect"] for each in ending_statements(nodes))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(None, "an unknown time"), (-1.0, "0 s"), (119.0, "119 s"), (120.0, "2 min"), (7200.0, "2 h"), (200_000.0, "2 d")],
)
def test_how_long(seconds: float | None, expected: str) -> None:
    assert long(seconds) == expected
