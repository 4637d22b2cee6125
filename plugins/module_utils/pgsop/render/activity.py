# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions of a server, the harmful first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..activity.report import ACTIVE, BLOCKED, BLOCKING, IDLE_IN_TRANSACTION
from ..activity.report_types import ActivityReport, ProgressRow, SessionRow
from ..finding import CRITICAL, UNKNOWN, WARNING
from ..locks.report_types import LockReport
from ..text import Paint, age, counted, cut, printable, table, unpainted, width

_HEADS = ("PID", "CATEGORY", "ROLE", "DATABASE", "STATE", "TRANS", "WAIT", "PROGRESS", "QUERY")
_RIGHT = ("PID", "TRANS")
#: Columns that a statement needs beside its session, the gap included.
_QUERY = 22
_COLOURS = {BLOCKING: CRITICAL, BLOCKED: WARNING, IDLE_IN_TRANSACTION: WARNING}


def lines(report: ActivityReport, wide: int | None = None, paint: Paint = unpainted) -> Iterator[str]:
    """Yield the lines that `pgsop activity` prints.

    Args:
        report: of the activity.
        wide: columns of the terminal; None for no limit.
        paint: gives a text the color of a status.
    """
    counts = report["counts"]
    by_category = counts["by_category"]
    shown = [
        paint(f"{by_category[name]} {_spelled(name)}", _COLOURS.get(name, ""))
        for name in (*_COLOURS, ACTIVE)
        if by_category[name]
    ]
    yield (
        f"PostgreSQL {printable(report['server_version'])}, cluster {printable(report['cluster'])}: "
        f"{counted(counts['sessions'], 'session')} of {report['max_connections']}{''.join(f', {each}' for each in shown)}"
    )
    for title, by in (
        ("by state", counts["by_state"]),
        ("by database", counts["by_database"]),
        ("by role", counts["by_role"]),
        ("waiting for", counts["waiting"]),
    ):
        if by:
            yield printable(f"  {title}: {_format_counts(by)}")
    workers = {"parallel worker": counts["parallel_workers"]} if counts["parallel_workers"] else {}
    yield printable(f"  the server's own: {_format_counts({**workers, **counts['server_processes']})}")
    yield from hidden_line(report, paint)
    if report["sessions"]:
        yield ""
        yield from _table([_row(each) for each in report["sessions"]], wide, paint)
    if report["omitted"]:
        yield ""
        omitted = {_spelled(name): count for name, count in report["omitted"].items()}
        yield printable(f"Not shown: {_format_counts(omitted)}. All of them: --limit {counts['sessions']}")


def _table(rows: Sequence[Sequence[str]], wide: int | None, paint: Paint) -> Iterator[str]:
    """Yield the list of sessions; on a narrow terminal each statement is below its session.

    The column PROGRESS is only there if a command has some.
    """
    place = _HEADS.index("PROGRESS")
    all_heads = _HEADS if any(row[place] for row in rows) else (*_HEADS[:place], *_HEADS[place + 1 :])
    rows = rows if all_heads == _HEADS else [[*row[:place], *row[place + 1 :]] for row in rows]

    def lines_of(heads: Sequence[str]) -> list[str]:
        cells = [row[: len(heads)] for row in rows]
        return table(heads, cells, right=_RIGHT, paint=lambda head, cell: _painted(paint, head, cell), wide=wide)

    before = max(width(line) for line in table(all_heads[:-1], [row[:-1] for row in rows], right=_RIGHT))
    if wide is None or wide - before >= _QUERY:
        yield from lines_of(all_heads)
        return
    head, *others = lines_of(all_heads[:-1])
    yield head
    for line, row in zip(others, rows, strict=True):
        yield line
        if row[-1]:
            yield cut(f"     {printable(row[-1])}", wide)


def hidden_line(report: ActivityReport | LockReport, paint: Paint) -> Iterator[str]:
    """Yield the line about sessions with details that the role cannot see, if there are such sessions."""
    if report["hidden_sessions"]:
        text = f"{printable(report['role'])} may not see what {counted(report['hidden_sessions'], 'session')} do; grant it pg_monitor, or use sudo"
        yield f"{paint(UNKNOWN, UNKNOWN)}: {text}"


def _spelled(category: str) -> str:
    return category.replace("_", " ")


def _shown(category: str) -> str:
    return "idle in tx" if category == IDLE_IN_TRANSACTION else category


def _row(each: SessionRow) -> list[str]:
    state = each["state"] or "not visible"
    since = each["query_age_s"] if state == "active" else each["state_age_s"]
    wait = f"{each['wait']} <- {', '.join(map(str, each['blocked_by']))}" if each["blocked_by"] else each["wait"]
    return [
        str(each["pid"]),
        _shown(each["category"]),
        each["role"] or "",
        each["database"] or "",
        f"{state} {age(since)}" if since is not None else state,
        age(each["transaction_age_s"]) if each["transaction_age_s"] is not None else "",
        # Of an idle session it is always the same: its client.
        "" if each["category"] not in (BLOCKING, BLOCKED, ACTIVE) or each["wait"] == "Client: ClientRead" else wait,
        _format_progress(each["progress"]),
        each["query"] + ("..." if each["truncated"] else ""),
    ]


def _format_progress(progress: ProgressRow | None) -> str:
    """Return the phase and the share that is done; the statement has the command."""
    if progress is None:
        return ""
    done = f"{progress['percent']:.0f} %" if progress["percent"] is not None else ""
    return " ".join(filter(None, (progress["phase"], done))) or progress["command"]


def _painted(paint: Paint, head: str, cell: str) -> str:
    names = {_shown(name): status for name, status in _COLOURS.items()}
    return paint(cell, names.get(cell.strip(), "")) if head == "CATEGORY" else cell


def _format_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
