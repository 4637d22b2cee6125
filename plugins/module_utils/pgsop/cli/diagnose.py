# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pgsop diagnose."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import sys
from typing import Any

from .. import old_keys
from ..backup.config import CONFIG_FILE as BACKUP_CONFIG_FILE
from ..clients import names
from ..cluster_choice import CONFIG_FILE
from ..connection_values import is_file
from ..diagnose.examine import diagnose
from ..diagnose.read_source import SourceOptions, add_source
from ..diagnose.target import ConnectionRequest
from ..errors import PgsopError
from ..render.diagnose import lines
from . import options, terminal
from .standard_input import FileOrStandardInput, StandardInput

_DESCRIPTION = """\
Say why a connection does not work: everything between the connection string and the session is looked
at, the connection is tried once, and the cause is named with the command that mends it. It changes
nothing. Without sudo only the client's side is seen, and causes that look alike there stay so."""
_EXAMPLES = """\
  sudo pgsop diagnose 'host=localhost dbname=appdb user=appuser'      with the password of your .pgpass
  sudo pgsop diagnose postgresql://appuser@localhost:5432/appdb --password-file secret      a URI, and a file with the password
  printf %s "$SECRET" | sudo pgsop diagnose --password-stdin DSN      the password from somewhere else
  sudo pgsop diagnose --user appuser --database appdb                 over the socket, as you
  sudo pgsop diagnose --as deploy service=appdb                       as another user of the host would
  sudo pgsop diagnose --as-client node-postgres DSN                   what node-postgres would do with it
  sudo pgsop diagnose --unit app                                      what the service app connects with
  sudo pgsop diagnose --env-file /etc/app/app.env --as app            a file of variables
  sudo pgsop diagnose --dsn-file - < config/database.yml              any other form: see docs/connection-strings.md
  journalctl -u app -n 50 | sudo pgsop diagnose --error-file - DSN    what the application logged, compared with the server

Arguments are visible in the list of processes: give a connection string with a password in a file.

exit status: 0 the connection works, 1 it does not and the cause is named, 2 wrong usage, 3 it could not
be found out"""

#: Any text is taken here and judged by the diagnosis, which refuses a connection string that was given in the wrong option.
_PIECES = (
    ("host", "HOST", "name, address, or folder of the socket (default: as libpq)"),
    ("port", "PORT", "TCP port, also in the name of the socket (default: 5432)"),
    ("database", "NAME", "database (default: the name of the role)"),
    ("user", "ROLE", "role (default: the name of the user of the host)"),
)
#: In place of the argument, because the list of processes shows arguments.
_SOURCES: tuple[tuple[str, str, Any, str], ...] = (
    ("--dsn-file", "FILE", FileOrStandardInput, "what DSN would be, from a file; - for standard input"),
    (
        "--env-file",
        "FILE",
        FileOrStandardInput,
        "file with variables, such as .env, read as systemd reads EnvironmentFile=; - for standard input",
    ),
    ("--unit", "NAME", "store", "environment of this systemd service; its user is the default of --as"),
)
WORKS, FAILS = 0, 1


def add(subparsers: Any) -> None:
    """Add the subcommand `diagnose`."""
    parser = options.subcommand(
        subparsers, "diagnose", run, short="say why a connection fails", description=_DESCRIPTION, examples=_EXAMPLES
    )
    dsn_source = parser.add_mutually_exclusive_group()
    dsn_source.add_argument(
        "dsn",
        nargs="?",
        type=str,
        default="",
        metavar="DSN",
        help="URI, key=value pairs, the name of a database, or what an application is configured with",
    )
    for option, metavar, action, what in _SOURCES:
        dsn_source.add_argument(option, metavar=metavar, action=action, type=options.not_empty, help=what)
    for name, metavar, what in _PIECES:
        parser.add_argument(f"--{name}", type=str, default="", metavar=metavar, help=what)
    password_source = parser.add_mutually_exclusive_group()
    password_source.add_argument("--password-file", metavar="FILE", help="the password is the first line of this file")
    password_source.add_argument(
        "--password-stdin", action=StandardInput, help="the password is the first line of standard input"
    )
    parser.add_argument(
        "--error-file",
        metavar="FILE",
        action=FileOrStandardInput,
        help="what the application logged, - for standard input: its cause is checked on the server; its text is never shown",
    )
    _add_views(parser)
    options.add_general(parser, config=CONFIG_FILE)
    # An error of the command is no verdict on the connection.
    parser.set_defaults(failed=options.UNKNOWN)


def _add_views(parser: argparse.ArgumentParser) -> None:
    """Add the options for a connection as another user, or by another client library, makes it."""
    parser.add_argument(
        "--as",
        dest="as_user",
        default="",
        metavar="OSUSER",
        help="connect as this user of the host (default: whoever called sudo)",
    )
    parser.add_argument(
        "--as-client",
        type=_client,
        choices=names.NAMES,
        metavar="NAME",
        help=f"predict what this client library does with the connection string: {', '.join(names.NAMES)} (default: libpq)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the diagnosis of a connection, and return WORKS or FAILS as exit status.

    Raises:
        PgsopError: the connection string, the password or the error cannot be read, or the diagnosis failed.
    """
    request = ConnectionRequest(
        dsn=arguments.dsn,
        host=arguments.host,
        port=arguments.port,
        database=arguments.database,
        user=arguments.user,
        password=_password(arguments),
        as_user=arguments.as_user,
        preferred=_preferred(arguments.config, BACKUP_CONFIG_FILE),
        error=_error_text(arguments),
        as_client=arguments.as_client or "",
    )
    report = diagnose(add_source(request, _source(arguments)))
    if arguments.format == "json":
        terminal.say_json(old_keys.connection(report.as_dict()))
    else:
        for line in lines(report, terminal.painted):
            terminal.print_colored(line)
    return WORKS if report.works else FAILS


def _client(text: str) -> str:
    """Return the name of a client, and load what predicts for it now: the file of the command may be replaced while it runs."""
    try:
        name = names.canonical(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    importlib.import_module("..diagnose.as_client", __package__)
    return name


def _source(arguments: argparse.Namespace) -> SourceOptions:
    files = (arguments.dsn_file or "", arguments.env_file or "")
    return SourceOptions(*files, arguments.unit or "", sys.stdin.buffer if "-" in files else None)


def _preferred(*paths: str) -> str:
    """Return the label of this host's configured cluster, only as a preference: a missing or broken file is no error here."""
    for path in paths:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            with open(path, encoding="utf-8") as handle:
                found = json.load(handle)
            return f"{found['version']}/{found.get('cluster', 'main')}"
    return ""


def _password(arguments: argparse.Namespace) -> str:
    """Return the password from a place that no other process sees, without its line's end."""
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not arguments.password_file:
        return ""
    instead = "a file with the password in its first line, or --password-stdin"
    text = _content(arguments.password_file, "password", instead)
    return text.partition("\n")[0].rstrip("\r")


def _error_text(arguments: argparse.Namespace) -> str:
    """Return what the application logged; empty without the option, and a blank for an empty file."""
    if not arguments.error_file:
        return ""
    if arguments.error_file != "-":
        return (
            _content(arguments.error_file, "error", "a file with what the application logged, or - for standard input")
            or " "
        )
    return sys.stdin.buffer.read().decode("utf-8", "replace") or " "


def _content(given: str, what: str, instead: str) -> str:
    """Return the text of the file that was given to option --`what`-file."""
    path = os.path.abspath(given)
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as handle:
            return handle.read()
    except OSError as error:
        raise PgsopError(
            attempted=f"read the {what}",
            # The password itself may have been given in the place of the file.
            target=path if is_file(given) else f"the file of --{what}-file",
            answer=error.strerror or str(error),
            next_step=f"give {instead}",
        ) from error
