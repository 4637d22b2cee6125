# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop drill."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from ..restore.drill import drill
from ..text import counted, table, took
from . import options, outcome, terminal
from .begin import begin
from .width import columns

_DESCRIPTION = """\
Prove that a set can be restored: restore its databases under names of their own, compare them with
what was noted when they were dumped, ask what the configuration asks of them, and drop them again.
The databases there are, and whoever works in them, are left alone. How long it took is how long a
real restore would take."""
_EXAMPLES = """\
  sudo pgsop drill                              every database of the newest set
  sudo pgsop drill --dry-run                    what that would do, and whether there is room for it
  sudo pgsop drill --database appdb             one of them
  sudo pgsop drill --set 20261122T023000Z       another set"""

_HEADS = ("DATABASE", "RECOVERY", "COMPARED, AND THE SAME", "CHECKED, AND WELL")


def add(subparsers: Any) -> None:
    """Add the subcommand `drill`."""
    parser = options.subcommand(
        subparsers, "drill", run, short="prove that a set can be restored", description=_DESCRIPTION, examples=_EXAMPLES
    )
    options.add_set(parser, "drill this set")
    options.add_databases(parser, "drill this database only; may be given several times (default: all of the set)")
    options.add_dry_run(parser)
    options.add_scheduled(parser)
    options.add_general(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run a restore drill, print the result, and return exit status 0."""
    config = begin(arguments)
    with terminal.progress(quiet=arguments.scheduled) as progress:
        report = drill(config, arguments.set, tuple(arguments.databases), dry_run=arguments.dry_run, progress=progress)
    outcome.print_result(arguments, report, _lines(report), _summary(report))
    return 0


def _summary(report: Mapping[str, Any]) -> str:
    if report["dry_run"]:
        return outcome.NOTHING_DONE
    drilled = counted(len(report["databases"]), "database")
    return f"Drilled {drilled} of set {report['set']} in {took(report['seconds'])}: it can be restored."


def _lines(report: Mapping[str, Any]) -> list[str]:
    if report["dry_run"]:
        return outcome.dry_run_lines(report["planned_actions"])
    rows = [
        (each["name"], took(each["recovery_s"]), outcome.counts(each["compared"]), outcome.counts(each["checked"]))
        for each in report["databases"]
    ]
    return [
        _summary(report),
        "",
        *table(_HEADS, rows, right=("RECOVERY",), wide=columns()),
        "",
        "They were dropped again, and the other usable sets were read to their last byte.",
    ]
