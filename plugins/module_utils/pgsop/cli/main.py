# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: the choice of the subcommand, and the output of its errors."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Mapping, Sequence

from .. import old_keys
from ..cluster import POSTGRES
from ..errors import PgsopError
from ..files import user_name
from ..version import VERSION
from . import log, terminal
from .commands import commands
from .options import FAILED, UNKNOWN, Parser, called, quiet, with_sudo
from .signals import StoppedError, handle_signals

#: As for a program that is ended by SIGPIPE.
_PIPE_BROKEN = 128 + 13

_DESCRIPTION = """\
PostgreSQL on this host: whether it is well, who is in whose way, why an application cannot connect,
and backups that are verified, restored and drilled.
Run it as root (sudo) or as the cluster's owner; as root it becomes the owner first."""
_EXAMPLES = """\
examples:
  sudo pgsop health                        whether the server is well, and what to do if it is not
  sudo pgsop activity                      what clients do, the harmful first
  sudo pgsop locks                         who waits for whom, and what became of migrations
  sudo pgsop backups                       what there is, and whether it can be trusted
  sudo pgsop backup                        back up every database now
  sudo pgsop restore --database appdb      bring appdb back beside the one there is, as appdb_restore
  sudo pgsop drill                         prove that the newest set can be restored
  pgsop help restore                       everything about one command

exit status: 0 done, 1 failed, 2 wrong usage; of 'health' and 'backups --check' 0 OK, 1 WARNING, 2 CRITICAL,
3 UNKNOWN"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        argv: arguments without the program's name; default: those of the process.

    Returns:
        As in the help; 128 plus the signal's number if a signal or a broken pipe ended it.
    """
    terminal.prepare()
    try:
        status = _run(argv)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has gone. Python would try once more at the end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_BROKEN
    return status


def _run(argv: Sequence[str] | None) -> int:
    typed = list(sys.argv[1:] if argv is None else argv)
    parser, subcommands = build_parser(typed)
    try:
        arguments, unknown = parser.parse_known_args(typed)
        if unknown:
            (subcommands.get(arguments.command) or parser).refuse(unknown)
    except SystemExit as ended:
        return int(ended.code or 0)
    if arguments.command is None:
        parser.print_help()
        return 0
    arguments.typed = typed
    arguments.parsers = {None: parser, **subcommands}
    try:
        with handle_signals():
            status: int = arguments.run(arguments)
            sys.stdout.flush()
            return status
    except BrokenPipeError:
        raise
    except (PgsopError, StoppedError, OSError) as error:
        return _failed(arguments, error)
    except Exception as error:
        if not hasattr(arguments, "failed"):
            raise
        # The caller of a check takes 1, with which Python would end, for a warning.
        traceback.print_exc()
        raise SystemExit(arguments.failed) from error


def build_parser(typed: Sequence[str] = ()) -> tuple[Parser, Mapping[str, Parser]]:
    """Return the parser of the command, and those of its subcommands by name.

    Args:
        typed: the arguments; only the subcommand that they call is loaded. Default: all of them.
    """
    parser = Parser(prog="pgsop", description=_DESCRIPTION, epilog=_EXAMPLES)
    parser.add_argument("--version", action="version", version=f"pgsop {VERSION}")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    # Its arguments are those of the commands, which judge them themselves.
    subparsers.type = str
    for command in commands(typed):
        command.add(subparsers)
    return parser, subparsers.choices


def _failed(arguments: argparse.Namespace, error: PgsopError | StoppedError | OSError) -> int:
    told = error if isinstance(error, PgsopError) else _in_words(error, called(arguments))
    if _needs_root(arguments, error):
        told = with_sudo(told, arguments)
    terminal.print_error(f"pgsop: {told.problem}")
    terminal.print_error(f"Next step: {told.next_step}")
    if quiet(arguments):
        log.fail(str(told))
    if arguments.format == "json":
        failure = {key: getattr(told, key) for key in ("attempted", "target", "answer")}
        terminal.say_json(old_keys.failure({"failed": True, **failure, "hint": told.next_step}))
    if arguments.format == "nagios":
        # The caller of a plugin reads the first line of this.
        terminal.say(f"PGSOP UNKNOWN - {told.problem.replace('|', '/')}")
    if isinstance(error, StoppedError):
        return error.status
    if getattr(arguments, "check", False):
        return UNKNOWN
    status: int = getattr(arguments, "failed", FAILED)
    return status


def _needs_root(arguments: argparse.Namespace, error: BaseException) -> bool:
    """Return whether an ordinary user was refused by the host; not if a connection string was given, which may hold a password."""
    denied = isinstance(error, PermissionError) or isinstance(error.__cause__, PermissionError)
    return denied and not getattr(arguments, "dsn", "") and user_name(os.geteuid()) not in ("root", POSTGRES)


def _in_words(error: StoppedError | OSError, command: str) -> PgsopError:
    if isinstance(error, StoppedError):
        return PgsopError(
            attempted=f"finish {command}",
            target=f"process {os.getpid()}",
            answer=str(error),
            next_step="nothing half done was left behind; run it again when it may take its time",
        )
    return PgsopError(
        attempted=f"run {command}",
        target=str(error.filename or "this host"),
        answer=error.strerror or str(error),
        next_step="look at space and permissions with 'df -h' and 'ls -ld', then run it again",
    )
