# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop activity."""

from __future__ import annotations

import argparse
from typing import Any, Iterator, List, Mapping, Optional

from .. import old_keys
from ..activity.report import ACTIVE, BLOCKED, BLOCKING, IDLE_IN_TRANSACTION, LIMIT, activity
from ..activity.report_types import ActivityReport, SessionRow
from ..cluster_choice import CONFIG_FILE
from ..finding import CRITICAL, UNKNOWN, WARNING
from ..text import age, counted, printable, table
from . import options, terminal
from .target import add_target, become_target_owner, find_target
from .width import columns, fitted

_DESCRIPTION = """\
Show what clients do: all of them counted, and a list with the harmful first: those that block others,
those that are blocked, those that sleep in a transaction, those that work, the rest. It only looks."""
_EXAMPLES = """\
  sudo pgsop activity                                the counts, and the first 20 sessions
  sudo pgsop activity --limit 200                    more of them
  sudo pgsop activity --format json                  everything that is known of each, for programs
  pgsop activity --dsn 'host=localhost user=mon'     as another role, which may not see everything

columns:
  CATEGORY  the reason for its place in the list
  TRANS     age of its transaction
  STATE     state, and for how long
  WAIT      what it waits for

Statements are cut, and shown without the literals of those that speak of a password."""

_HEADS = ("PID", "CATEGORY", "ROLE", "DATABASE", "STATE", "TRANS", "WAIT", "QUERY")
_COLOURS = {BLOCKING: CRITICAL, BLOCKED: WARNING, IDLE_IN_TRANSACTION: WARNING}


def add(subparsers: Any) -> None:
    """Make the subcommand known."""
    parser = options.subcommand(
        subparsers,
        "activity",
        run,
        short="what clients do, the harmful first",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    parser.add_argument(
        "--limit",
        metavar="N",
        type=_count,
        default=LIMIT,
        help=f"how many sessions are listed; all are counted (default: {LIMIT})",
    )
    add_target(parser)
    options.add_general(parser, config=CONFIG_FILE)


def run(arguments: argparse.Namespace) -> int:
    """Show it."""
    target = find_target(arguments)
    become_target_owner(target, arguments)
    report = activity(target.cluster, database=target.database, dsn=target.dsn, limit=arguments.limit)
    if arguments.format == "json":
        terminal.say_json(old_keys.activity(report))
    else:
        for line in lines(report, columns()):
            terminal.say_painted(line)
    return 0


def lines(report: ActivityReport, wide: Optional[int]) -> Iterator[str]:
    """The lines, in colour where that is wanted.

    Args:
        report: what was found.
        wide: columns of the terminal; None for as many as it takes.
    """
    counts = report["counts"]
    by_category = counts["by_category"]
    shown = [
        terminal.painted(f"{by_category[name]} {_spelled(name)}", _COLOURS.get(name, ""))
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
    if report["hidden_sessions"]:
        text = f"{printable(report['role'])} may not see what {counted(report['hidden_sessions'], 'session')} do; grant it pg_monitor, or use sudo"
        yield f"{terminal.painted(UNKNOWN, UNKNOWN)}: {text}"
    if report["sessions"]:
        yield ""
        rows = fitted(_HEADS, [_row(each) for each in report["sessions"]], wide)
        yield from table(_HEADS, rows, right=("PID", "TRANS"), paint=_paint)
    if report["omitted"]:
        yield ""
        omitted = {_spelled(name): count for name, count in report["omitted"].items()}
        yield printable(f"Not shown: {_format_counts(omitted)}. All of them: --limit {counts['sessions']}")


def _spelled(category: str) -> str:
    return category.replace("_", " ")


def _shown(category: str) -> str:
    return "idle in tx" if category == IDLE_IN_TRANSACTION else category


def _row(each: SessionRow) -> List[str]:
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
        each["query"] + ("..." if each["truncated"] else ""),
    ]


def _paint(head: str, cell: str) -> str:
    names = {_shown(name): status for name, status in _COLOURS.items()}
    return terminal.painted(cell, names.get(cell.strip(), "")) if head == "CATEGORY" else cell


def _format_counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("it must be a whole number that is not negative")
    return int(text)
