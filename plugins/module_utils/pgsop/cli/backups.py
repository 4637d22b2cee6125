# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop backups."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..backup.listing import listing
from ..backup.names import from_iso
from ..finding import CRITICAL, OK, STATUSES, WARNING
from ..text import age, cut, printable, size, some, table, width
from . import options, terminal
from .begin import begin
from .width import columns

_DESCRIPTION = """\
List the backup sets, newest first, with what is wrong with them, how the last runs ended, and what
should be done. It only looks; with --verify it reads every byte and notes in a set what is damaged."""
_EXAMPLES = """\
  sudo pgsop backups                   the sets
  sudo pgsop backups --verify          the same after reading every byte of every set, which may take long
  sudo pgsop backups --check           the same, with an exit status for monitoring
  sudo pgsop backups --format json     everything that is known, for programs

columns:
  VERIFIED   yes: made completely, read back, its files are as they were written, and no obstacle to a restore is known
  DRILLED    when it was last restored for a test
  COPIES     how often the copy command took it off the host; none: it is on this disk only

exit status: 0; with --check 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, by the worst finding"""

#: Columns for the names of databases, and the same where the terminal is too narrow for that.
_NAMES, _FEW_NAMES = 48, 12
_UNCOPIED, _UNCOPIED_SHORT = "this disk only", "none"
_HEADS = ("SET", "AGE", "SIZE", "DATABASES", "VERIFIED", "DRILLED", "COPIES")


def add(subparsers: Any) -> None:
    """Add the subcommand `backups`."""
    parser = options.subcommand(
        subparsers, "backups", run, short="list the sets there are", description=_DESCRIPTION, examples=_EXAMPLES
    )
    parser.add_argument("--verify", action="store_true", help="read every byte of every set")
    parser.add_argument("--check", action="store_true", help="answer with an exit status for monitoring, see below")
    options.add_general(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the backup sets, and return the exit status: 0, or with --check that of the worst finding."""
    config = begin(arguments)
    report = listing(config, verify=arguments.verify)
    if arguments.format == "json":
        terminal.say_json(report)
    else:
        for line in _lines(report):
            terminal.print_colored(line)
    return STATUSES.index(report["status"]) if arguments.check else 0


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    if report["sets"]:
        yield from _table(report, columns())
    else:
        yield printable(f"There is no backup set in {report['directory']}. Make one: sudo pgsop backup")
    for each in report["sets"]:
        if each["obstacles"]:
            yield ""
            yield printable(f"{each['name']} cannot be restored as a whole:")
            yield from (f"  {printable(obstacle)}" for obstacle in each["obstacles"])
        if each["problems"]:
            yield ""
            yield printable(f"{each['name']} cannot be relied on:")
            yield from (f"  {printable(problem)}" for problem in each["problems"])
    yield ""
    yield printable(f"Last backup: {_last(report['last_backup'])}")
    yield printable(f"Last drill: {_last(report['last_drill'])}")
    if report["last_notification"]:
        yield printable(f"Last notification: {_last(report['last_notification'])}")
    for finding in report["findings"]:
        if finding["status"] != OK:
            yield ""
            yield f"{terminal.painted(finding['status'], finding['status'])}: {printable(finding['message'])}"
            if finding["hint"]:
                yield printable(f"  Next step: {finding['hint']}")


def _table(report: Mapping[str, Any], wide: int | None) -> list[str]:
    """Return the list of sets; on a narrow terminal with fewer words, and if that is not enough, without the last columns."""
    rows = [_row(each) for each in report["sets"]]
    if wide is not None and width(max(table(_HEADS, rows), key=width)) > wide:
        rows = [_row(each, short=True) for each in report["sets"]]
    return table(_HEADS, rows, right=("AGE", "SIZE"), paint=_paint, wide=wide)


def _row(each: Mapping[str, Any], *, short: bool = False) -> list[str]:
    # Of a set without a manifest that can be believed, next to nothing is known.
    unknown = each["finished"] is None
    return [
        each["name"],
        "?" if unknown else age(each["age_s"]),
        "?" if unknown else size(each["bytes"]),
        "?" if unknown else _names(each["databases"], short=short) + ("" if each["complete"] else " only"),
        "yes" if each["verified"] else "no",
        "?" if unknown else _drilled(each),
        str(each["copies"]) if each["copies"] else _UNCOPIED_SHORT if short else _UNCOPIED,
    ]


def _names(databases: Sequence[str], *, short: bool) -> str:
    return cut(some(databases, _FEW_NAMES), _NAMES // 2) if short else some(databases, _NAMES)


def _drilled(each: Mapping[str, Any]) -> str:
    return _ago(each["drilled"]) if each["drilled"] else "never"


def _ago(moment: str) -> str:
    return f"{age(time.time() - from_iso(moment))} ago"


def _paint(head: str, cell: str) -> str:
    wrong = {"VERIFIED": (("no",), CRITICAL), "DRILLED": (("never",), WARNING)}
    words, status = {**wrong, "COPIES": ((_UNCOPIED, _UNCOPIED_SHORT), WARNING)}.get(head, ((), OK))
    return terminal.painted(cell, status) if cell.strip() in words else cell


def _last(run: Mapping[str, Any] | None) -> str:
    if run is None:
        return "never"
    if run.get("running"):
        return f"begun {_ago(run['started'])}, and running"
    moment = _ago(run["finished"] or run["started"])
    # Why it failed is one of the findings.
    return f"{moment}, well" if run["ok"] else f"{moment}, failed"
