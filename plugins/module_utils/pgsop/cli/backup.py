# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop backup."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from ..backup import notification
from ..backup.config import BackupConfig, program_of
from ..backup.run import back_up
from ..errors import PgsopError
from ..text import counted, size, table, took
from . import options, outcome, terminal
from .begin import begin
from .width import columns

_DESCRIPTION = """\
Back up the databases of the cluster into a new set, and read every byte back before the set counts.
Sets that are older than the configuration says are removed afterwards, and only then. Nothing that
is there is written over, and a run that fails leaves the sets as they were."""
_EXAMPLES = """\
  sudo pgsop backup                               every database that the configuration does not exclude
  sudo pgsop backup --dry-run                     what that would do, and whether there is room for it
  sudo pgsop backup --database appdb              one database only, for example before a migration
  sudo pgsop backup --database a --database b     two of them
  sudo pgsop backup --test-notification           run pg_backup_failure_command with a test message; no backup"""


def add(subparsers: Any) -> None:
    """Add the subcommand `backup`."""
    parser = options.subcommand(
        subparsers, "backup", run, short="back up the databases now", description=_DESCRIPTION, examples=_EXAMPLES
    )
    options.add_databases(
        parser, "back up this database only; may be given several times (default: all that are not excluded)"
    )
    options.add_dry_run(parser)
    parser.add_argument(
        "--test-notification",
        action="store_true",
        help="make no backup: run the declared failure command as for a failed backup, with a test message;"
        " exit status 1 if it fails or none is declared",
    )
    options.add_scheduled(parser)
    options.add_general(parser)


def run(arguments: argparse.Namespace) -> int:
    """Back up the databases or test the notification, print the result, and return exit status 0."""
    config = begin(arguments)
    if arguments.test_notification:
        return _test_notification(arguments, config)
    with terminal.progress(quiet=arguments.scheduled) as progress:
        report = back_up(config, tuple(arguments.databases), dry_run=arguments.dry_run, progress=progress)
    outcome.print_result(arguments, report, _lines(report), _summary(report))
    return 0


def _test_notification(arguments: argparse.Namespace, config: BackupConfig) -> int:
    if arguments.databases or arguments.dry_run:
        raise PgsopError(
            attempted="test the notification",
            target="pgsop backup",
            answer="--test-notification makes no backup, so --database and --dry-run have no meaning with it",
            next_step=f"run '{notification.TEST_COMMAND}'",
        )
    report = notification.send_test(config)
    program = program_of(config.failure_command)
    done = f"{program} ran as for a failed backup and ended with status 0 after {took(report['seconds'])}."
    output = [f"  {line}" for line in report["output"].splitlines()]
    lines = [done, *(["Its output:", *output] if output else []), "Check that the message has arrived."]
    outcome.print_result(arguments, report, lines, done)
    return 0


def _summary(report: Mapping[str, Any]) -> str:
    if report["dry_run"]:
        return outcome.NOTHING_DONE
    made = f"Backed up {counted(len(report['databases']), 'database')} in {took(report['seconds']['total'])}"
    encrypted = ", encrypted" if report["encrypted"] else ""
    return f"{made}: {report['path']}, {size(report['bytes'])}{encrypted}."


def _lines(report: Mapping[str, Any]) -> list[str]:
    if report["dry_run"]:
        return outcome.dry_run_lines(report["planned_actions"])
    rows = [
        (dump["name"], size(dump["dump_bytes"]), f"{dump['rows']:,}", took(sum(dump["seconds"].values())))
        for dump in report["databases"]
    ]
    lines = [
        _summary(report),
        "",
        *table(("DATABASE", "SIZE", "ROWS", "TIME"), rows, right=("SIZE", "ROWS", "TIME"), wide=columns()),
        "",
        "Verified: every dump was read back to its last byte, and has the rows that the database had.",
    ]
    if report["removed"]:
        lines.append(f"Removed, since newer sets supersede them: {', '.join(report['removed'])}.")
    return [*lines, f"Copies: {_COPIED if report['copied'] else _NOT_COPIED}."]


_COPIED = "one; the copy command ended well"
_NOT_COPIED = "none; the set is on this disk only and is lost with it, unless pg_backup_copy_command takes it elsewhere"
