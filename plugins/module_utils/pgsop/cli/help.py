# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop help."""

from __future__ import annotations

import argparse
from typing import Any

from . import options

_DESCRIPTION = "Show the help of pgsop, or of one command, as --help does."
_EXAMPLES = """\
  pgsop help             the commands
  pgsop help restore     everything about one command"""


def add(subparsers: Any) -> None:
    """Add the subcommand `help`, the last one: the commands before it are its choices."""
    parser = options.subcommand(
        subparsers, "help", run, short="show the help of a command", description=_DESCRIPTION, examples=_EXAMPLES
    )
    parser.add_argument(
        "topic",
        nargs="?",
        choices=[*subparsers.choices],
        metavar="COMMAND",
        help="one of the commands (default: all of them, in short)",
    )
    parser.add_argument("-h", "--help", action="help", help="show this and exit")


def run(arguments: argparse.Namespace) -> int:
    """Print the help, and return exit status 0."""
    arguments.parsers[arguments.topic].print_help()
    return 0
