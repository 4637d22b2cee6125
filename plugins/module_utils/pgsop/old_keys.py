# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that reports had up to 0.4: 0.5 returns them beside the new ones, 0.6 does not. Only this file knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def with_old_keys(report: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a dictionary with further keys that have the same values.

    Args:
        report: the dictionary.
        names: the new key by old key.
    """
    return {**report, **{old: report[new] for old, new in names.items()}}


def _each(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [with_old_keys(row, names) for row in rows]


def activity(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report of `pgsop activity` and pg_activity_info with the old keys, and the old name of a category."""
    by_harm = _old_categories(report["counts"]["by_category"])
    return {
        **report,
        "counts": {**report["counts"], "by_harm": by_harm},
        "sessions": [{**each, "harm": _old_category(each["category"])} for each in report["sessions"]],
        "hidden": report["hidden_sessions"],
        "left_out": _old_categories(report["omitted"]),
    }


def _old_category(name: str) -> str:
    return name.replace("_", " ")


def _old_categories(counts: Mapping[str, int]) -> dict[str, int]:
    return {_old_category(name): count for name, count in counts.items()}


def locks(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report of `pgsop locks` and pg_locks_info with the old keys."""
    node = {"again": "repeated", "victims": "blocked_sessions", "circular": "in_cycle"}
    tree = {"verdict": "message", "commands": "statements", "victims": "blocked_sessions"}
    blocked = {"victims": "blocked_sessions"}
    trees = [{**each, "nodes": _each(each["nodes"], node)} for each in report["trees"]]
    new = {
        **report,
        "trees": _each(trees, tree),
        "prepared": _each(report["prepared"], blocked),
        "migrations": _each(report["migrations"], {"detail": "reason"}),
    }
    return with_old_keys(new, {"hidden": "hidden_sessions", "traces": "leftovers", "unseen": "inaccessible_databases"})


def connection(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report of `pgsop diagnose` and pg_connection_info with the old keys."""
    cause = report["cause"]
    new = {
        **report,
        "cause": cause and with_old_keys(cause, {"sentence": "message"}),
        "steps": _each(report["steps"], {"seen": "message"}),
    }
    return with_old_keys(new, {"remedy": "hint", "remedy_in": "hint_in"})


def act(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the report of `pgsop backup`, `restore`, `drill` and the other acts with the old keys."""
    names = {"would": "planned_actions", "next": "next_steps", "kept_as": "previous_database"}
    return with_old_keys(report, {old: new for old, new in names.items() if new in report})


def failure(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the error of a command with the old key."""
    return with_old_keys(report, {"next_step": "hint"})
