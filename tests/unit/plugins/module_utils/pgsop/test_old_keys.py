# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a program that was written for 0.4 reads is still there, with the same meaning."""

from __future__ import annotations

from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import old_keys


def test_activity() -> None:
    counts = {"sessions": 3, "by_category": {"blocking": 1, "idle_in_transaction": 2}}
    sessions = [{"pid": 1, "category": "blocking"}, {"pid": 2, "category": "idle_in_transaction"}]
    report = {"counts": counts, "sessions": sessions, "hidden_sessions": 4, "omitted": {"idle_in_transaction": 1}}
    both = old_keys.activity(report)
    assert both.items() >= {"hidden": 4, "left_out": {"idle in transaction": 1}, "omitted": report["omitted"]}.items()
    assert both["counts"] == {**counts, "by_harm": {"blocking": 1, "idle in transaction": 2}}
    assert [each["harm"] for each in both["sessions"]] == ["blocking", "idle in transaction"]


def test_locks() -> None:
    node = {"pid": 1, "repeated": False, "blocked_sessions": 1, "in_cycle": True}
    tree = {"message": "m", "hint": "h", "statements": [{"sql": "s"}], "blocked_sessions": 1, "nodes": [node]}
    report: dict[str, Any] = {
        "trees": [tree],
        "prepared": [{"gid": "g", "blocked_sessions": 2}],
        "migrations": [{"tool": "t", "reason": "r"}],
        "hidden_sessions": 3,
        "leftovers": [{"kind": "k"}],
        "inaccessible_databases": {"closed": "no"},
    }
    both = old_keys.locks(report)
    assert (both["hidden"], both["traces"], both["unseen"]) == (3, [{"kind": "k"}], {"closed": "no"})
    (shown,) = both["trees"]
    assert (shown["verdict"], shown["commands"], shown["victims"]) == ("m", [{"sql": "s"}], 1)
    assert shown["nodes"] == [{**node, "again": False, "victims": 1, "circular": True}]
    assert both["prepared"][0]["victims"] == 2
    assert both["migrations"][0]["detail"] == "r"
    assert report["trees"] == [tree], "the report itself stays as it is"


def test_connection() -> None:
    cause = {"id": "role.expired", "message": "it has expired", "candidates": []}
    steps = [{"name": "role", "status": "CRITICAL", "message": "expired"}]
    report = {"works": False, "cause": cause, "hint": "ALTER", "hint_in": "psql", "steps": steps}
    both = old_keys.connection(report)
    assert both["cause"] == {**cause, "sentence": "it has expired"}
    assert (both["remedy"], both["remedy_in"], both["steps"]) == ("ALTER", "psql", [{**steps[0], "seen": "expired"}])
    assert old_keys.connection({**report, "cause": None})["cause"] is None


def test_acts() -> None:
    restore = {"planned_actions": ["restore"], "next_steps": ["DROP DATABASE old;"], "previous_database": "old"}
    both = {**restore, "would": ["restore"], "next": ["DROP DATABASE old;"], "kept_as": "old"}
    assert old_keys.act(restore) == both
    assert old_keys.act({"planned_actions": []}) == {"planned_actions": [], "would": []}
    assert old_keys.act({"set": "s"}) == {"set": "s"}


def test_failure() -> None:
    assert old_keys.failure({"hint": "run it again"}) == {"hint": "run it again", "next_step": "run it again"}
