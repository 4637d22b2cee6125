# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acting as the cluster's owner for the rest of the process: backups need no root."""

from __future__ import annotations

import os
import pwd

from ..cluster import Cluster, get_cluster
from ..errors import PgsopError

#: No other user may read new files.
_UMASK = 0o077


def become_owner(version: int, name: str, command: str, advice: str, found: Cluster | None = None) -> None:
    """Change from root to the owner of the cluster; the owner itself goes on, any other user is refused.

    It also changes to / and sets umask 077.

    Args:
        version: major version of the cluster.
        name: its name.
        command: the command to run, for messages.
        advice: the next step for a user that is refused.
        found: the same cluster, if the caller has it; otherwise the clusters of the host are listed.

    Raises:
        PgsopError: the cluster does not exist, its owner is root or no user of the host, or this process is neither root nor the owner.
    """
    cluster = found or get_cluster(version, name, attempted=f"run {command}")
    try:
        account = pwd.getpwnam(cluster.owner)
    except KeyError:
        account = None
    if account is None or account.pw_uid == 0:
        raise PgsopError(
            attempted="act as the owner of the cluster",
            target=f"cluster {cluster.label}, data in {cluster.data_directory}",
            answer=f"it belongs to {cluster.owner}, and no server runs as that",
            next_step="look whether the data folder is mounted, and give it to its user (chown -R postgres:postgres)",
        )
    if os.geteuid() == 0:
        _drop(account)
    elif os.geteuid() != account.pw_uid:
        raise PgsopError(
            attempted=f"run {command}",
            target=f"cluster {cluster.label}",
            answer=f"you are {_myself()}, and only root and {cluster.owner} may",
            next_step=advice,
        )
    os.chdir("/")
    os.umask(_UMASK)


def _drop(account: pwd.struct_passwd) -> None:
    os.initgroups(account.pw_name, account.pw_gid)
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)
    os.environ.update(HOME=account.pw_dir, USER=account.pw_name, LOGNAME=account.pw_name)


def _myself() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"user {os.geteuid()}"
