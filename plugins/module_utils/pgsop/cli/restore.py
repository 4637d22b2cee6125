# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop restore."""

from __future__ import annotations

import argparse
import shlex
import time
from collections.abc import Iterator, Mapping
from typing import Any

from ..backup.names import begun
from ..restore.restore import RestoreRequest, restore
from ..text import age, counted, printable, took
from . import options, outcome, terminal
from .begin import begin
from .options import FAILED

_DESCRIPTION = """\
Bring a database back from a set, beside the one there is. The new database is compared with
what was noted when it was dumped (every table, row count, sequence and object), and is there only when
nothing of it is missing. A database that exists is never written to.

With --replace the restored database then takes the name of the one there is, which stays under
another name until you drop it; nobody may be connected meanwhile."""
_EXAMPLES = """\
  sudo pgsop restore --database appdb                     appdb of the newest set, as appdb_restore
  sudo pgsop restore --database appdb --dry-run           what that would do, and whether it can be done
  sudo pgsop restore --database appdb --target appdb_old --set 2026-11-20    as it was on that day, under a name of your own
  sudo pgsop restore --database appdb --replace appdb     in the place of the database there is
  sudo pgsop backups                                      the sets to choose from"""


def add(subparsers: Any) -> None:
    """Add the subcommand `restore`."""
    parser = options.subcommand(
        subparsers,
        "restore",
        run,
        short="bring a database back beside the one there is",
        description=_DESCRIPTION,
        examples=_EXAMPLES,
    )
    parser.add_argument("--database", metavar="NAME", required=True, help="the database, as it is called in the set")
    parser.add_argument(
        "--target",
        metavar="NAME",
        default="",
        help="the database to make, which must not exist (default: the name with _restore behind it)",
    )
    options.add_set(parser, "restore from this set")
    parser.add_argument(
        "--replace",
        metavar="NAME",
        default="",
        help="afterwards, put it in the place of this database; it must be the name given with --database,"
        " typed a second time because it is meant",
    )
    parser.add_argument(
        "--all-roles", action="store_true", help="make every missing role of the set, not only those the database needs"
    )
    parser.add_argument(
        "--keep-going",
        action="store_true",
        help="if an object cannot be restored, such as a constraint that its rows violate, restore everything else and list what is"
        " left out; all rows must be there all the same; the exit status is then 1 (default: stop at the first failure)",
    )
    options.add_dry_run(parser)
    options.add_general(parser)


def run(arguments: argparse.Namespace) -> int:
    """Restore a database, print the result, and return the exit status: FAILED if objects are left out, otherwise 0."""
    request = RestoreRequest(
        database=arguments.database,
        target=arguments.target,
        reference=arguments.set,
        replace=arguments.replace,
        all_roles=arguments.all_roles,
        dry_run=arguments.dry_run,
        keep_going=arguments.keep_going,
    )
    config = begin(arguments)
    with terminal.progress(quiet=False) as progress:
        report = restore(config, request, progress)
    outcome.print_result(arguments, report, _lines(report), _summary(report))
    return FAILED if report["omitted"] else 0


def _omitted(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the objects that the restored database lacks."""
    if report["omitted"]:
        count = counted(len(report["omitted"]), "object")
        yield f"INCOMPLETE: all rows are there, and {count} could not be restored (list with statements: {report['omitted_file']}):"
        for each in report["omitted"]:
            yield printable(f"  {each['kind']} {each['name']}: {each['message']}")


def _summary(report: Mapping[str, Any]) -> str:
    if report["planned_actions"]:
        return outcome.NOTHING_DONE
    place = f"in the place of {report['target']}" if report["previous_database"] else f"as {report['target']}"
    of = f"set {report['set']}, which was begun {age(time.time() - begun(report['set']))} ago"
    return f"Restored {report['database']} {place} in {took(report['seconds']['all'])}, from {of}."


def _lines(report: Mapping[str, Any]) -> list[str]:
    if report["planned_actions"]:
        return outcome.dry_run_lines(report["planned_actions"])
    lines = [
        _summary(report),
        *_omitted(report),
        f"Compared with what was dumped: {outcome.counts(report['compared'])}.",
    ]
    if report["roles_created"]:
        lines.append(f"Roles made, with the passwords they had: {', '.join(report['roles_created'])}.")
    if report["previous_database"]:
        lines.append(
            f"The database that was there is kept as {report['previous_database']}; only superusers can connect to it."
        )
        return [*lines, *(f"Next step: {sentence}" for sentence in report["next_steps"])]
    return [*lines, f"Next step: look at it with: sudo -u postgres psql -d {shlex.quote(report['target'])}"]
