# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acting as another user for a moment, without a new process."""

from __future__ import annotations

import contextlib
import os
import pwd
from collections.abc import Iterator

from .errors import PgsopError


@contextlib.contextmanager
def effective_user(name: str) -> Iterator[None]:
    """Act as another user for the length of the block; do nothing if this process is not root.

    Peer authentication checks the effective user at the moment of connecting. Changing it here
    spares the play a ``become_user``, with temporary files that an unprivileged user cannot read.

    Raises:
        PgsopError: the user does not exist.
    """
    try:
        account = pwd.getpwnam(name)
    except KeyError as error:
        raise PgsopError(
            attempted="act as the owner of the cluster",
            target=f"user {name}",
            answer="there is no such user on this host",
            next_step="give the data folder to an existing user, for example with chown -R",
        ) from error
    with effective_ids(account.pw_uid, account.pw_gid):
        yield


@contextlib.contextmanager
def groups_of(name: str) -> Iterator[None]:
    """Have the supplementary groups of a user for the length of the block; do nothing if this process is not root.

    A file may be readable for one of these groups only, such as a TLS key. It is for blocks around those of effective_user, and for
    the first thread: in other threads, the effective user may be another one at the end.
    """
    before = os.getgroups()
    try:
        account = pwd.getpwnam(name)
        os.initgroups(name, account.pw_gid)
    except (KeyError, PermissionError):
        # No such user, no root, or a container that forbids it.
        yield
        return
    try:
        yield
    finally:
        os.setgroups(before)


@contextlib.contextmanager
def effective_ids(user_id: int, group_id: int) -> Iterator[None]:
    """Act with another user and group id for the length of the block; do nothing if this process is not root."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(group_id)
    os.seteuid(user_id)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
