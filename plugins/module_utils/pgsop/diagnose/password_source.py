# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which password libpq would use, and its origin."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field

from .os_user import OsUser, acting_as

#: Bits that make libpq pass over a password file (passwordFromFile in fe-connect.c).
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


#: Host, port, database, role, password.
_FIELDS = 5


@dataclass(frozen=True)
class PasswordSource:
    """A password and its origin; no report shows the password.

    Attributes:
        origin: the words for its place in a report; empty without a password.
        file: the password file that was read; empty if the password was given.
        passed_over: why libpq does not read that file; empty if it does.
        named: whether the file has a password for the connection, read by libpq or not.
    """

    password: str | None = field(default=None, repr=False)
    origin: str = ""
    file: str = ""
    passed_over: str = ""
    named: bool = False


@dataclass(frozen=True)
class PasswordQuery:
    """The connection that a line of a password file must match."""

    host: str
    port: int
    database: str
    user: str


def from_file(path: str, wanted: PasswordQuery, os_user: OsUser) -> PasswordSource:
    """Return the password of a connection from a user's password file.

    Args:
        path: the file; empty for ~/.pgpass.
        wanted: the connection; for a socket its host is the folder, or localhost for the default folder.
        os_user: the user that reads the file.

    Returns:
        Without a password if no line matches, or if libpq would not read the file (see `passed_over`).
    """
    path = path or os.path.join(os_user.home, ".pgpass")
    with acting_as(os_user):
        try:
            status = os.stat(path)
            with open(path, encoding="utf-8", errors="surrogateescape") as handle:
                lines = handle.read().splitlines()
        except FileNotFoundError:
            return PasswordSource(file=path, passed_over="it does not exist")
        except OSError as error:
            return PasswordSource(file=path, passed_over=f"{os_user.name} cannot read it ({error.strerror})")
    number, password = _find(lines, wanted)
    if not stat.S_ISREG(status.st_mode):
        return PasswordSource(file=path, passed_over="it is no plain file", named=password is not None)
    if status.st_mode & _OTHERS:
        mode = f"its mode is {stat.S_IMODE(status.st_mode):04o}, and libpq reads none that others may read"
        return PasswordSource(file=path, passed_over=mode, named=password is not None)
    if password is None:
        return PasswordSource(file=path)
    return PasswordSource(password, f"line {number} of {path}", path, named=True)


def _find(lines: list[str], wanted: PasswordQuery) -> tuple[int, str | None]:
    """Return number and password of the first line that matches, as libpq does; an empty password counts as missing."""
    for number, line in enumerate(lines, start=1):
        fields = _fields(line)
        if line.startswith("#") or len(fields) < _FIELDS:
            continue
        asked = (wanted.host, str(wanted.port), wanted.database, wanted.user)
        if all(field in ("*", value) for field, value in zip(fields, asked, strict=False)):
            return number, fields[4] or None
    return 0, None


def _fields(line: str) -> list[str]:
    """Five fields; a backslash takes the next character as it is. What follows the fifth colon is dropped, as libpq does."""
    fields, current, signs = [], "", iter(line)
    for sign in signs:
        if sign == "\\":
            current += next(signs, "")
        elif sign == ":":
            fields.append(current)
            current = ""
        else:
            current += sign
    return [*fields, current]
