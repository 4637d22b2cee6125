# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop activity."""

from __future__ import annotations

import argparse
from typing import Any

from .. import old_keys
from ..activity.report import LIMIT, activity
from ..cluster_choice import CONFIG_FILE
from ..render.activity import lines
from . import options, terminal
from .target import add_target, advised, become_target_owner, find_target
from .width import columns

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


def add(subparsers: Any) -> None:
    """Add the subcommand `activity`."""
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
    """Print the activity report, and return exit status 0."""
    target = find_target(arguments)
    become_target_owner(target, arguments)
    with advised(target, arguments):
        report = activity(target.cluster, database=target.database, dsn=target.dsn, limit=arguments.limit)
    if arguments.format == "json":
        terminal.say_json(old_keys.activity(report))
    else:
        for line in lines(report, columns(), terminal.painted):
            terminal.print_colored(line)
    return 0


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError("it must be a whole number that is not negative")
    return int(text)
