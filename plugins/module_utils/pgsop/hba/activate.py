# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a written file into force: by reload, by a signal if the rules refuse the owner, or by a start; or undo it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from .. import service
from ..availability import ANSWERS, REFUSED
from ..cluster import Cluster
from ..connection import Session, connect
from ..errors import PgsopError
from ..files import FileMode, FileState, has_mode, restore, write_atomically
from ..hba_rules.rule import HbaRule
from ..knock import ACCEPTED, knock
from ..login import Login
from ..reload import RELOAD_TIMEOUT_S, reload
from ..transaction import transaction
from . import ident
from .ident import IdentFile, Maps
from .logins import existing, refuse_lockout, working
from .server import md5_roles, refuse_misread, refuse_on_server


@dataclass(frozen=True)
class HbaChange:
    """Files as they are and as declared.

    Attributes:
        before: pg_hba.conf as it is.
        text: of pg_hba.conf as declared.
        mode: its owner, group and permission bits.
        rules: those of ``text``, in order.
        ident: the user name maps that go with the rules; None if they are not managed.
        maps: user name maps as declared.
    """

    before: FileState
    text: str
    mode: FileMode
    rules: Sequence[HbaRule]
    ident: IdentFile | None = None
    maps: Maps = ()


class Activation:
    """Activation of one change.

    Args:
        change: the files.
        logins: declared ones; each that works before the change must work after it.
    """

    def __init__(self, change: HbaChange, logins: Sequence[Login]) -> None:
        self._before = change.before
        self._change = change
        self._logins = logins

    def run(self, cluster: Cluster, state: str) -> tuple[str, ...]:
        """Write the files and bring them into force.

        Args:
            cluster: the cluster of the file.
            state: of its server, as ``availability`` names it.

        Returns:
            Login roles with an md5 verifier.

        Raises:
            PgsopError: a step failed; the previous files are back and in force.
        """
        if state == ANSWERS:
            return self._reload(cluster)
        return self._repair(cluster) if state == REFUSED else self._start(cluster)

    def _reload(self, cluster: Cluster) -> tuple[str, ...]:
        with connect(cluster) as session:
            logins = existing(self._logins, session)
        before = working(cluster, logins)
        with transaction() as undo:
            # The new rules may refuse the very login that is needed to ask for a reload.
            undo.callback(service.signal_reload, cluster)
            self._write(undo)
            with connect(cluster) as session:
                self._refuse_misread(cluster, session)
                reload(session)
            # A new session goes through the new rules.
            with connect(cluster) as session:
                found = md5_roles(session)
            refuse_lockout(cluster, self._before.path, self._change.rules, before)
        return tuple(found)

    def _repair(self, cluster: Cluster) -> tuple[str, ...]:
        before = working(cluster, self._logins)
        # Before the file is written: without a process to signal, the new rules would not come into force.
        service.postmaster(cluster)
        with transaction() as undo:
            undo.callback(service.signal_reload, cluster)
            self._write(undo)
            service.signal_reload(cluster)
            _wait_until_accepted(cluster, self._before.path)
            found = self._verify_logins(cluster)
            refuse_lockout(cluster, self._before.path, self._change.rules, before)
        return found

    def _start(self, cluster: Cluster) -> tuple[str, ...]:
        with transaction() as undo:
            undo.callback(_reload_if_running, cluster)
            self._write(undo)
            return self._verify_logins(service.restart(cluster))

    def _refuse_misread(self, cluster: Cluster, session: Session) -> None:
        refuse_misread(self._before.path, self._change.rules, session)
        ident.refuse_misread(self._change.ident, self._change.maps, cluster.version, session)

    def _write(self, undo: ExitStack) -> None:
        found = self._change.ident
        if found is not None and found.writes:
            undo.callback(restore, found.before)
            write_atomically(found.before.path, found.text, found.mode)
        if self._before.text == self._change.text and has_mode(self._before, self._change.mode):
            return
        undo.callback(restore, self._before)
        write_atomically(self._before.path, self._change.text, self._change.mode)

    def _verify_logins(self, cluster: Cluster) -> tuple[str, ...]:
        with connect(cluster) as session:
            self._refuse_misread(cluster, session)
            found = md5_roles(session)
            refuse_on_server(self._before.path, self._change.rules, found, session)
        return tuple(found)


def _wait_until_accepted(cluster: Cluster, path: str) -> None:
    deadline = time.monotonic() + RELOAD_TIMEOUT_S
    while knock(cluster) != ACCEPTED:
        if time.monotonic() > deadline:
            raise PgsopError(
                attempted="let the cluster's owner in again",
                target=path,
                answer=f"the server still refuses {cluster.owner} {RELOAD_TIMEOUT_S:.0f} s after it was signalled",
                next_step=f"read the end of {cluster.log_file}; it names the line that the server does not accept",
            )
        time.sleep(0.05)


def _reload_if_running(cluster: Cluster) -> None:
    if cluster.pid is not None:
        service.signal_reload(cluster)
