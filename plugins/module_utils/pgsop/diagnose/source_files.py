# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection strings and variables in files."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import BinaryIO

from ..connection_strings import systemd_lines
from ..connection_strings.groups import is_variable
from ..connection_values import is_file
from ..errors import PgsopError
from ..text import counted
from .connection_source import ConnectionSource

#: Bytes; a larger file is not the configuration of a connection.
LARGEST = 100_000
_STANDARD_INPUT = "standard input"
#: The variables that make a connection, as words of a message.
LOOKED_FOR = (
    "looked for: DATABASE_URL or another variable with a connection string of PostgreSQL; DB_HOST, DB_NAME, DB_USER or the same"
    " with another beginning; PGHOST, PGDATABASE, PGUSER, PGSERVICE"
)


def read_text(given: str, option: str, what: str = "connection string", stream: BinaryIO | None = None) -> str:
    """Return the text of a file; the line end behind it is left out, as by $(cat FILE) of a shell.

    Args:
        given: path of the file; - for `stream`.
        option: its option, for messages that cannot show the path.
        what: the content.
        stream: standard input.

    Raises:
        PgsopError: the file cannot be read, is empty, is not text in UTF-8, or is larger than LARGEST.
    """
    target = _target(given, option)
    try:
        if stream is not None and given == "-":
            target = _STANDARD_INPUT
            data = stream.read(LARGEST + 1)
        else:
            with open(given, "rb") as handle:
                data = handle.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(what, target, getattr(error, "strerror", None) or "it is no path of a file", option) from None
    problem = _problem(data)
    if problem:
        raise _unreadable(what, target, problem, option)
    return data.decode("utf-8").rstrip("\n")


def _target(given: str, option: str) -> str:
    """Return the path for a message; the connection string itself may have been given in the place of the file."""
    return os.path.abspath(given) if is_file(given) else f"the file of {option}"


def _problem(data: bytes) -> str:
    """Return why a content is not the text of a connection; empty if it is."""
    if len(data) > LARGEST:
        return f"it has more than {LARGEST:,} bytes, so it is not the configuration of a connection"
    if not data.strip():
        return "it is empty"
    if b"\0" in data:
        return "it is a binary file"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "it has bytes that are no UTF-8"
    return ""


def _unreadable(what: str, target: str, answer: str, option: str) -> PgsopError:
    return PgsopError(
        attempted=f"read the {what}",
        target=target,
        answer=answer,
        next_step=f"give {option} the path of a text file that this user may read, or run it with sudo",
    )


def from_environment_file(path: str, option: str = "--env-file", stream: BinaryIO | None = None) -> ConnectionSource:
    """Return the variables of a file, as systemd reads a file of EnvironmentFile=; a line with `export` counts, too.

    Args:
        path: of the file; - for `stream`.
        option: its option, for messages that cannot show the path.
        stream: standard input.

    Raises:
        PgsopError: the file cannot be read, or has no connection.
    """
    text = read_text(path, option, stream=stream)
    assignments = systemd_lines.read_file(text.removeprefix("\ufeff"))
    source = ConnectionSource({each.name: each.value for each in assignments})
    if not source.has_connection():
        raise PgsopError(
            attempted="read the connection string",
            target=_STANDARD_INPUT if path == "-" else _target(path, option),
            answer=f"it has {counted(len(source.variables), 'variable')}, and none with a connection; {LOOKED_FOR}",
            next_step="give another form of configuration with --dsn-file",
        )
    return replace(source, notes=(*source.notes, *_readings(text, assignments)))


def _readings(text: str, assignments: Iterable[systemd_lines.Assignment]) -> tuple[str, ...]:
    """Return notes about what reads the file differently."""
    used = [each for each in assignments if is_variable(each.name, each.value)]
    notes = []
    if text.startswith("\ufeff"):
        notes.append("the file begins with a byte order mark, and systemd ignores its first line")
    if any(each.exported for each in used):
        notes.append("a line has export before the name of a variable; systemd ignores the line")
    if any(each.differs for each in used):
        notes.append(
            "a value was read as systemd reads it, and a shell reads another one: put it in single quotes to have it the same"
        )
    if "\r" in text:
        notes.append("the lines end with a carriage return; a shell takes it for a part of the value")
    return tuple(notes)
