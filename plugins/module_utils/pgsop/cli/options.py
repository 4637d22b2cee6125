# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several subcommands share, each with its one wording."""

from __future__ import annotations

import argparse
import shlex
from typing import Any, Callable, Optional, Sequence

from ..backup.config import CONFIG_FILE

#: Exit status of what failed, of wrong usage, and that of checks, whose callers take 2 for CRITICAL and 3 for UNKNOWN.
FAILED, USAGE, UNKNOWN = 1, 2, 3

#: What runs a subcommand and answers with the exit status.
Run = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """A parser that keeps the layout of examples, takes no half-written option, and says where the help is."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)
        #: What wrong usage ends with.
        self.usage_status = USAGE

    def error(self, message: str) -> Any:
        """End with what is wrong and where to read what is right."""
        self.exit(self.usage_status, f"{self.prog}: {message}\nNext step: {self.prog} --help\n")


def subcommand(subparsers: Any, name: str, run: Run, *, short: str, description: str, examples: str) -> Parser:
    """A subcommand.

    Args:
        subparsers: where it goes.
        name: what is typed.
        run: what it does.
        short: its line in the list of subcommands.
        description: what it does, for its own help.
        examples: lines with a command and what it is for.
    """
    parser: Parser = subparsers.add_parser(
        name, help=short, description=description, epilog=f"examples:\n{examples}", add_help=False
    )
    parser.set_defaults(run=run)
    return parser


def add_general(
    parser: argparse.ArgumentParser, *, config: str = CONFIG_FILE, formats: Sequence[str] = ("text", "json")
) -> None:
    """The options that all subcommands have, after their own."""
    general = parser.add_argument_group("general options")
    told = {"text": "text for people", "json": "json for programs"}
    general.add_argument(
        "--format",
        choices=formats,
        default="text",
        help=f"{', '.join(told.get(each, each) for each in formats)} (default: text)",
    )
    general.add_argument("--config", metavar="FILE", default=config, help=f"the configuration (default: {config})")
    general.add_argument("-h", "--help", action="help", help="show this and exit")


def add_databases(parser: argparse.ArgumentParser, what: str) -> None:
    """Option --database that may be given several times."""
    parser.add_argument("--database", metavar="NAME", action="append", default=[], dest="databases", help=what)


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    """Option --dry-run."""
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")


def add_scheduled(parser: argparse.ArgumentParser) -> None:
    """Option --scheduled."""
    parser.add_argument(
        "--scheduled",
        action="store_true",
        help="for cron and timers: silent when all is well, one line in the system's log (journalctl -t pgsop),"
        " warnings and errors on standard error too",
    )


def add_set(parser: argparse.ArgumentParser, what: str) -> None:
    """Option --set."""
    parser.add_argument(
        "--set",
        metavar="SET",
        default="latest",
        help=f"{what}: latest, a name that 'pgsop backups' shows, or a moment in UTC such as 2026-11-22 or"
        " '2026-11-22 14:30', which means the newest set finished by then (default: latest)",
    )


def is_check(parser: Parser) -> None:
    """Let a subcommand end as checks do, whatever happens: UNKNOWN where it could not find out, wrong usage included."""
    parser.usage_status = UNKNOWN
    parser.set_defaults(failed=UNKNOWN)


def called(arguments: argparse.Namespace) -> str:
    """The command in short."""
    return f"pgsop {arguments.command}"


def again(arguments: argparse.Namespace) -> str:
    """The advice to run the same as root."""
    return f"run it with sudo: {shlex.join(['sudo', 'pgsop', *arguments.typed])}"


def quiet(arguments: argparse.Namespace) -> bool:
    """Whether nobody watches."""
    scheduled: Optional[bool] = getattr(arguments, "scheduled", False)
    return bool(scheduled)
