# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several subcommands share, each with its one wording."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable, Sequence
from typing import Any

from ..backup.config import CONFIG_FILE
from ..connection_values import looks_like_dsn
from ..errors import PgsopError
from ..nearest import did_you_mean, nearest
from .help_text import HelpFormatter
from .terminal import print_error

#: Exit status of a failure, of wrong usage, and that of checks: their callers take 2 for CRITICAL and 3 for UNKNOWN.
FAILED, USAGE, UNKNOWN = 1, 2, 3

#: What runs a subcommand and answers with the exit status.
Run = Callable[[argparse.Namespace], int]


class Parser(argparse.ArgumentParser):
    """A parser that keeps the layout of examples, takes no abbreviated option, and names the help in its errors.

    It repeats no word of the command line: one may be a password, if a value with a blank lacks its quotes or an option is not known. An
    option without a type of its own takes no connection string.
    """

    def __init__(self, **options: Any) -> None:
        options.setdefault("formatter_class", HelpFormatter)
        options.setdefault("allow_abbrev", False)
        super().__init__(**options)
        #: What wrong usage ends with.
        self.usage_status = USAGE
        #: A subcommand's line in the list of all of them.
        self.short = ""
        self.register("type", None, _no_dsn)

    @property
    def actions(self) -> Sequence[argparse.Action]:
        """Return all options and positional arguments, in the order of the help."""
        return self._actions

    def error(self, message: str) -> Any:
        """Print the fault and the command for help, and exit with `usage_status`."""
        for mark, instead in _QUOTING:
            before, found, _quoted = message.partition(mark)
            message = f"{before}{instead}" if found else message
        for line in (f"{self.prog}: {message}", f"Next step: {self.prog} --help"):
            print_error(line)
        self.exit(self.usage_status)

    def refuse(self, unknown: Sequence[str]) -> Any:
        """Exit because of unknown arguments; the message has similar options, but not the arguments."""
        words = [word.partition("=")[0] for word in unknown if word.startswith("-")]
        meant = sorted({option for word in words if (option := nearest(word, self._option_string_actions))})
        asked = (
            f"; did you mean {' or '.join(meant)}?" if meant else "; a value with blanks needs single quotes around it"
        )
        several = f"{len(unknown)} arguments are" if len(unknown) > 1 else "1 argument is"
        self.error(f"{several} not known and not shown{asked}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            choices = list(map(str, action.choices))
            raise argparse.ArgumentError(
                action, f"choose one of {', '.join(choices)}{did_you_mean(str(value), choices)}"
            )


#: How argparse begins to repeat what was typed, and what stands there instead.
_QUOTING = (
    ("ignored explicit argument", "it takes no value"),
    (" invalid choice:", " the value is not one of its choices"),
)


def not_empty(text: str) -> str:
    """Return the value of an option; an empty one, such as that of a variable without a value, is wrong usage.

    Raises:
        ArgumentTypeError: it is empty, or a connection string.
    """
    if not text:
        raise argparse.ArgumentTypeError("it is empty")
    return _no_dsn(text)


def _no_dsn(text: str) -> str:
    if looks_like_dsn(text):
        raise argparse.ArgumentTypeError("it is a connection string, which this does not take")
    return text


def subcommand(subparsers: Any, name: str, run: Run, *, short: str, description: str, examples: str) -> Parser:
    """Add a subcommand, and return its parser.

    Args:
        subparsers: of the main parser.
        name: the word on the command line.
        run: its function, which returns the exit status.
        short: its line in the list of subcommands.
        description: its purpose, for its own help.
        examples: lines with a command and its purpose.
    """
    parser: Parser = subparsers.add_parser(
        name, help=short, description=description, epilog=f"examples:\n{examples}", add_help=False
    )
    parser.short = short
    parser.set_defaults(run=run)
    return parser


def add_general(
    parser: argparse.ArgumentParser, *, config: str = CONFIG_FILE, formats: Sequence[str] = ("text", "json")
) -> None:
    """Add the options that all subcommands have, after their own.

    Args:
        parser: of the subcommand.
        config: default of --config.
        formats: choices of --format; the default is text.
    """
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
    """Add the option --database, which may be given several times.

    Args:
        parser: of the subcommand.
        what: its help.
    """
    parser.add_argument("--database", metavar="NAME", action="append", default=[], dest="databases", help=what)


def add_dry_run(parser: argparse.ArgumentParser) -> None:
    """Add the option --dry-run."""
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")


def add_scheduled(parser: argparse.ArgumentParser) -> None:
    """Add the option --scheduled."""
    parser.add_argument(
        "--scheduled",
        action="store_true",
        help="for cron and timers: silent when all is well, one line in the system's log (journalctl -t pgsop),"
        " warnings and errors on standard error too",
    )


def add_set(parser: argparse.ArgumentParser, what: str) -> None:
    """Add the option --set with default latest.

    Args:
        parser: of the subcommand.
        what: start of its help, as in "restore from this set".
    """
    parser.add_argument(
        "--set",
        metavar="SET",
        default="latest",
        help=f"{what}: latest, a name that 'pgsop backups' shows, or a moment in UTC such as 2026-11-22 or"
        " '2026-11-22 14:30', which means the newest set finished by then (default: latest)",
    )


def is_check(parser: Parser) -> None:
    """Make a subcommand end with UNKNOWN if it fails, wrong usage included, as monitoring plugins do."""
    parser.usage_status = UNKNOWN
    parser.set_defaults(failed=UNKNOWN)


def called(arguments: argparse.Namespace) -> str:
    """Return the command in short, as in `pgsop health`."""
    return f"pgsop {arguments.command}"


def again(arguments: argparse.Namespace) -> str:
    """Return the advice to run the same command as root."""
    return f"run it with sudo: {shlex.join(['sudo', 'pgsop', *arguments.typed])}"


def with_sudo(error: PgsopError, arguments: argparse.Namespace) -> PgsopError:
    """Return the same error with the advice to run the same command as root."""
    return PgsopError(attempted=error.attempted, target=error.target, answer=error.answer, next_step=again(arguments))


def quiet(arguments: argparse.Namespace) -> bool:
    """Return whether the run is unattended (--scheduled)."""
    scheduled: bool | None = getattr(arguments, "scheduled", False)
    return bool(scheduled)
