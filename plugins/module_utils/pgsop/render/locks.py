# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock waits as trees, and the state of migrations."""

from __future__ import annotations

from collections.abc import Iterator

from ..finding import OK, WARNING
from ..health.lock_report import JudgedLockReport
from ..locks.report_types import AdvisoryLock, PreparedTransaction, WaitNode
from ..migrations.report_types import Leftover, MigrationRun
from ..migrations.tool import FINISHED, RUNNING
from ..text import Paint, age, counted, cut, printable, unpainted, width
from .activity import hidden_line

#: Deeper than this, nothing is moved to the right any more.
_DEEPEST = 12
_ADVISORY = 10


def lines(report: JudgedLockReport, wide: int | None = None, paint: Paint = unpainted) -> Iterator[str]:
    """Yield the lines that `pgsop locks` prints.

    Args:
        report: of the locks and migrations.
        wide: columns of the terminal; None for no limit.
        paint: gives a text the color of a status.
    """
    waiting = f"{counted(report['blocked'], 'session')} {'waits' if report['blocked'] == 1 else 'wait'} for a lock"
    server = f"PostgreSQL {printable(report['server_version'])}, cluster {printable(report['cluster'])}"
    yield f"{server}: {paint(waiting, WARNING) if report['blocked'] else 'no session waits for a lock'}"
    yield from hidden_line(report, paint)
    for tree in report["trees"]:
        yield ""
        for node in tree["nodes"]:
            yield _node(node, wide)
        yield f"  {printable(tree['message'])}."
        for command in tree["statements"]:
            yield from _statement(printable(command["sql"]), printable(command["effect"]), wide, paint)
    yield from _others(report, paint)


def _statement(sql: str, effect: str, wide: int | None, paint: Paint) -> Iterator[str]:
    """Yield a statement with its effect as a comment: beside it, or above it if the line would be too long to be copied."""
    line = f"    {sql}  -- {effect}"
    if wide is None or width(line) <= wide:
        yield f"    {paint(sql, WARNING)}  -- {effect}"
    else:
        yield f"    -- {effect}"
        yield f"    {paint(sql, WARNING)}"


def _node(node: WaitNode, wide: int | None) -> str:
    mark = f"{'   ' * (min(node['depth'], _DEEPEST) - 1)}└─ " if node["depth"] else ""
    who = (
        f"prepared transaction {node['gid']}"
        if node["gid"] is not None
        else str(node["pid"] or "a prepared transaction")
    )
    parts = [" ".join(each for each in (who, node["role"], node["database"], node["application"]) if each)]
    if node["repeated"]:
        parts.append("as above")
    else:
        parts += _doing(node)
    text = printable(f"{mark}{'; '.join(parts)}")
    return text if wide is None else cut(text, wide)


def _doing(node: WaitNode) -> Iterator[str]:
    if node["mode"]:
        waited = f" for {age(node['wait_age_s'])}" if node["wait_age_s"] is not None else ""
        yield f"waits{waited} for {node['mode']} on {node['object']}"
    elif node["state"]:
        yield node["state"] + (f" {age(node['state_age_s'])}" if node["state_age_s"] is not None else "")
    if node["transaction_age_s"] is not None:
        yield f"transaction {age(node['transaction_age_s'])}"
    if node["blocked_sessions"]:
        yield f"holds up {node['blocked_sessions']}"
    if node["holds"]:
        yield f"has {', '.join(node['holds'])}"
    if node["query"]:
        yield node["query"] + ("..." if node["truncated"] else "")


def _others(report: JudgedLockReport, paint: Paint) -> Iterator[str]:
    parts = (
        ("Prepared transactions", [_prepared(each) for each in report["prepared"]]),
        ("Advisory locks", [_advisory(each) for each in report["advisory"]]),
        ("Migrations", [_migration(each, paint) for each in report["migrations"]]),
        ("Leftovers of migrations", [_leftover(each) for each in report["leftovers"]]),
        (
            "Databases that cannot be read",
            [printable(f"  {name}: {why}") for name, why in report["inaccessible_databases"].items()],
        ),
    )
    for title, entries in parts:
        if entries:
            yield ""
            yield f"{title}:"
            yield from entries[:_ADVISORY] if title == "Advisory locks" else entries
            if title == "Advisory locks" and len(entries) > _ADVISORY:
                yield f"  and {len(entries) - _ADVISORY} more"
    for each in report["migrations"]:
        if each["status"] != OK and each["hint"]:
            yield printable(f"  Next step for {each['tool']} in {each['database']}: {each['hint']}")


def _leftover(each: Leftover) -> str:
    return printable(f"  {each['database']}: {each['message']}")


def _prepared(each: PreparedTransaction) -> str:
    return printable(
        f"  {each['gid']} of {each['owner']} in {each['database']}, {age(each['age_s'])} ago, holds up {each['blocked_sessions']}"
    )


def _advisory(each: AdvisoryLock) -> str:
    who = f"{each['pid'] or 'a prepared transaction'} {each['application'] or each['role'] or ''}".rstrip()
    verb = "held by" if each["granted"] else "wanted by"
    state = f", {each['state']}" if each["state"] else ""
    return printable(f"  {each['database']}: {each['lock']}, {verb} {who}{state}")


def _migration(each: MigrationRun, paint: Paint) -> str:
    status = each["status"] if each["state"] not in (FINISHED, RUNNING) else OK
    since = f", begun {age(each['since_s'])} ago" if each["since_s"] is not None else ""
    table = f" ({each['table']})" if each["table"] else ""
    shown = f"{each['tool']}{table}: {each['reason']}{since}"
    return f"  {printable(each['database'])}: {paint(each['state'].upper(), status)} {printable(shown)}"
