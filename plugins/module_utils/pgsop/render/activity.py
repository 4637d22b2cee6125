# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of a server, the harmful first."""

from __future__ import annotations

from typing import Any, Iterator, List, Mapping, Optional

from ..activity.report import ACTIVE, BLOCKED, BLOCKING, IDLE_IN_TRANSACTION
from ..finding import CRITICAL, UNKNOWN, WARNING
from ..text import Paint, age, counted, fitted, printable, table, unpainted

_HEADS = ("PID", "HARM", "ROLE", "DATABASE", "STATE", "TRANS", "WAIT", "QUERY")
_COLOURS = {BLOCKING: CRITICAL, BLOCKED: WARNING, IDLE_IN_TRANSACTION: WARNING}
_SHORT = {IDLE_IN_TRANSACTION: "idle in tx"}


def lines(report: Mapping[str, Any], wide: Optional[int] = None, paint: Paint = unpainted) -> Iterator[str]:
    """Return what `pgsop activity` prints.

    Args:
        report: of the activity.
        wide: columns of the terminal; None for as many as it takes.
        paint: gives a text the color of a status.
    """
    counts = report["counts"]
    harm = counts["by_harm"]
    listed = [paint(f"{harm[name]} {name}", _COLOURS.get(name, "")) for name in (*_COLOURS, ACTIVE) if harm[name]]
    yield (
        f"PostgreSQL {printable(report['server_version'])}, cluster {printable(report['cluster'])}: "
        f"{counted(counts['sessions'], 'session')} of {report['max_connections']}{''.join(f', {each}' for each in listed)}"
    )
    for title, key in (
        ("state", "by_state"),
        ("database", "by_database"),
        ("role", "by_role"),
        ("waiting for", "waiting"),
    ):
        if counts[key]:
            yield printable(
                f"  by {title}: {_listed(counts[key])}"
                if key != "waiting"
                else f"  waiting for: {_listed(counts[key])}"
            )
    workers = {"parallel worker": counts["parallel_workers"]} if counts["parallel_workers"] else {}
    yield printable(f"  the server's own: {_listed({**workers, **counts['server_processes']})}")
    if report["hidden"]:
        text = f"{printable(report['role'])} may not see what {counted(report['hidden'], 'session')} do; grant it pg_monitor, or use sudo"
        yield f"{paint(UNKNOWN, UNKNOWN)}: {text}"
    if report["sessions"]:
        yield ""
        rows = fitted(_HEADS, [_row(each) for each in report["sessions"]], wide)
        yield from table(_HEADS, rows, right=("PID", "TRANS"), paint=lambda head, cell: _painted(paint, head, cell))
    if report["left_out"]:
        yield ""
        yield printable(f"Not shown: {_listed(report['left_out'])}. All of them: --limit {counts['sessions']}")


def _row(each: Mapping[str, Any]) -> List[str]:
    state = each["state"] or "not visible"
    since = each["query_age_s"] if state == "active" else each["state_age_s"]
    wait = f"{each['wait']} <- {', '.join(map(str, each['blocked_by']))}" if each["blocked_by"] else each["wait"]
    return [
        str(each["pid"]),
        _SHORT.get(each["harm"], each["harm"]),
        each["role"] or "",
        each["database"] or "",
        f"{state} {age(since)}" if since is not None else state,
        age(each["transaction_age_s"]) if each["transaction_age_s"] is not None else "",
        # Of an idle session it is always the same: its client.
        "" if each["harm"] not in (BLOCKING, BLOCKED, ACTIVE) or each["wait"] == "Client: ClientRead" else wait,
        each["query"] + ("..." if each["truncated"] else ""),
    ]


def _painted(paint: Paint, head: str, cell: str) -> str:
    names = {_SHORT.get(name, name): status for name, status in _COLOURS.items()}
    return paint(cell, names.get(cell.strip(), "")) if head == "HARM" else cell


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
