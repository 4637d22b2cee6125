# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cause of a tree of lock waits as a sentence, and the statements that end it. They are shown, never run."""

from __future__ import annotations

from collections.abc import Sequence

from ..text import age
from .report_types import EndingStatement, WaitNode


def long(seconds: float | None) -> str:
    """Return a duration in seconds as text; None is an unknown time."""
    return "an unknown time" if seconds is None else age(seconds)


def verdict(nodes: Sequence[WaitNode]) -> str:
    """Return the cause of the waits as a sentence without a full stop.

    Args:
        nodes: of the tree, the root blocker first.
    """
    root = nodes[0]
    many = "1 session" if root["blocked_sessions"] == 1 else f"{root['blocked_sessions']} sessions"
    longest = max((node["wait_age_s"] for node in nodes[1:] if node["wait_age_s"] is not None), default=None)
    wait = f", the longest for {long(longest)}" if longest is not None else ""
    if root["in_cycle"]:
        return f"{_who(root)} and {many} wait for each other in a circle; the server ends one of them after deadlock_timeout, {_unless(nodes)}"
    sentence = f"{_who(root)} {_what(root)} and holds up {many}{wait}"
    queue = _queue(nodes)
    if queue is not None:
        more = "1 session" if queue["blocked_sessions"] == 1 else f"{queue['blocked_sessions']} sessions"
        sentence += f"; {more} of these only because {_who(queue)} wants {queue['mode']} on {queue['object']} and stands before them"
    return sentence


def ending_statements(nodes: Sequence[WaitNode]) -> list[EndingStatement]:
    """Return the statements that end the waits, the mildest first; each with its effect.

    Args:
        nodes: of the tree, the root blocker first.
    """
    found = []
    queue = _queue(nodes)
    if queue is not None and queue["pid"] is not None:
        found.append(
            _command(
                "pg_cancel_backend", queue["pid"], f"gives up the {queue['mode']}; whoever stands behind it goes on"
            )
        )
    if nodes[0]["in_cycle"]:
        nodes = sorted((node for node in nodes if node["in_cycle"]), key=lambda node: node["transaction_age_s"] or 0.0)
    return [*found, *_ends(nodes[0])]


def _ends(node: WaitNode) -> list[EndingStatement]:
    if node["gid"] is not None:
        literal = "'" + node["gid"].replace("'", "''") + "'"
        if "\\" in node["gid"]:
            literal = "E" + literal.replace("\\", "\\\\")
        where = f"in database {node['database']}, as {node['role']} or a superuser"
        return [
            {"sql": f"ROLLBACK PREPARED {literal}", "effect": f"gives up the prepared transaction, {where}"},
            {
                "sql": f"COMMIT PREPARED {literal}",
                "effect": f"completes it, where its coordinator has decided so, {where}",
            },
        ]
    if node["pid"] is None:
        return [{"sql": "SELECT * FROM pg_prepared_xacts", "effect": "shows which prepared transactions there are"}]
    if node["backend_type"] == "autovacuum worker":
        return [
            _command(
                "pg_cancel_backend",
                node["pid"],
                "ends this vacuum; it begins anew later, so find out why it takes long",
            )
        ]
    terminate = _command("pg_terminate_backend", node["pid"], "ends the session and rolls its transaction back")
    if (node["state"] or "").startswith("idle"):
        return [terminate]
    return [_command("pg_cancel_backend", node["pid"], "cancels its statement"), terminate]


def _command(function: str, pid: int, effect: str) -> EndingStatement:
    return {"sql": f"SELECT {function}({pid})", "effect": effect}


def _queue(nodes: Sequence[WaitNode]) -> WaitNode | None:
    """Return the first waiter below the root that requests an AccessExclusiveLock and blocks others."""
    wanted = (
        node
        for node in nodes[1:]
        if node["mode"] == "AccessExclusiveLock" and node["blocked_sessions"] and not node["in_cycle"]
    )
    return next(wanted, None)


def _who(node: WaitNode) -> str:
    if node["gid"] is not None:
        return f"prepared transaction {node['gid']} of {node['role']} in {node['database']}"
    if node["pid"] is None:
        return "a prepared transaction"
    told = node["application"] or node["backend_type"] or "unknown"
    owner = f"{node['role']} on {node['database']}" if node["role"] else f"on {node['database']}"
    return f"session {node['pid']} ({told}, {owner})"


def _what(node: WaitNode) -> str:
    if node["gid"] is not None:
        return f"was prepared {long(node['transaction_age_s'])} ago, belongs to no session"
    if node["pid"] is None:
        return "belongs to no session"
    if not node["visible"]:
        return "may not be looked at"
    state = node["state"] or ""
    if state.startswith("idle in transaction"):
        return f"is {state} for {long(node['state_age_s'])}, where cancelling has no effect,"
    if state == "idle":
        return f"is idle for {long(node['state_age_s'])} with a lock of its session, where cancelling has no effect,"
    return f"is at work for {long(node['query_age_s'])}" if state else "is at work"


def _unless(nodes: Sequence[WaitNode]) -> str:
    prepared = any(node["gid"] is not None for node in nodes)
    return (
        "unless the prepared transaction is in it, which it does not see"
        if prepared
        else "a second if nothing else is set"
    )
