# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operating system user of the attempt: peer authentication, password files and certificates depend on it."""

from __future__ import annotations

import contextlib
import os
import pwd
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..connection_values import is_os_user
from ..errors import PgsopError

#: Variables that libpq reads and that are resolved here instead, so that a report can name the origin of a value.
_RESOLVED = (
    "PGHOST",
    "PGHOSTADDR",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGPASSWORD",
    "PGPASSFILE",
    "PGSERVICE",
    "PGSERVICEFILE",
    "PGCONNECT_TIMEOUT",
)


@dataclass(frozen=True)
class OsUser:
    """An operating system user.

    Attributes:
        environment: the PG* variables of its process; empty for a user that does not run this process.
    """

    name: str
    uid: int
    gid: int
    home: str
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


def get_os_user(name: str = "") -> OsUser:
    """Return the user that connects: the named one, otherwise the caller of sudo, otherwise the user of this process.

    Raises:
        PgsopError: the user does not exist, or this process may not act as that user.
    """
    caller = os.environ.get("SUDO_USER", "") if os.geteuid() == 0 else ""
    account = _account(name) if name else _usual(caller)
    if os.geteuid() not in (0, account.pw_uid):
        raise PgsopError(
            attempted="connect as another user of the operating system",
            target=f"user {account.pw_name}",
            answer="only root may do that",
            next_step="run it with sudo",
        )
    own = not name or account.pw_uid == os.geteuid() or account.pw_name == caller
    environment = {key: value for key, value in os.environ.items() if key.startswith("PG")} if own else {}
    return OsUser(account.pw_name, account.pw_uid, account.pw_gid, account.pw_dir, environment)


@contextlib.contextmanager
def acting_as(os_user: OsUser) -> Iterator[None]:
    """Act as a user in the block, with its groups, home folder and environment.

    Root keeps its own groups if it changes only its effective user, and a socket for a group would seem open to every user.
    """
    before: dict[str, str] = dict(os.environ)
    groups = os.getgroups()
    for name in [key for key in before if key.startswith("PG")]:
        del os.environ[name]
    os.environ.update({name: value for name, value in os_user.environment.items() if name not in _RESOLVED})
    os.environ["HOME"] = os_user.home
    root = os.geteuid() == 0
    try:
        if root:
            os.setgroups(os.getgrouplist(os_user.name, os_user.gid))
            os.setegid(os_user.gid)
            os.seteuid(os_user.uid)
        yield
    finally:
        if root:
            os.seteuid(0)
            os.setegid(0)
            os.setgroups(groups)
        for name in set(os.environ) - set(before):
            del os.environ[name]
        os.environ.update(before)


def _account(name: str) -> pwd.struct_passwd:
    if not is_os_user(name):
        raise PgsopError(
            attempted="connect as another user of the operating system",
            target="option --as",
            answer="its value is not a plain name of a user, and it is not shown because it may have a password in it",
            next_step="choose one of 'getent passwd'",
        )
    try:
        return pwd.getpwnam(name)
    except KeyError as error:
        raise PgsopError(
            attempted="connect as another user of the operating system",
            target=f"user {name}",
            answer="there is no such user on this host",
            next_step="choose one of 'getent passwd'",
        ) from error


def _usual(caller: str) -> pwd.struct_passwd:
    """Return the caller of sudo if the account still exists, otherwise the user of this process."""
    with contextlib.suppress(KeyError):
        if caller:
            return pwd.getpwnam(caller)
    try:
        return pwd.getpwuid(os.geteuid())
    except KeyError as error:
        raise PgsopError(
            attempted="find out who connects",
            target=f"user id {os.geteuid()}",
            answer="this host knows no user with that number",
            next_step="name one with --as",
        ) from error
