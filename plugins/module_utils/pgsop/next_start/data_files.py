# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in the data directory that a start reads before anything else.

Their effects: src/backend/access/transam/xlogrecovery.c (before 15: xlog.c), utils/init/miscinit.c and postmaster.c.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import time
from collections.abc import Iterator

from ..cluster import Cluster
from ..debian import is_packaged
from ..files import user_name
from .start_obstacle import StartObstacle

RECOVERY, STANDBY, LABEL = "recovery.signal", "standby.signal", "backup_label"
#: Bits that a start refuses (PG_MODE_MASK_GROUP of src/include/common/file_perm.h).
_REFUSED_MODE = 0o027
#: The beginning of global/pg_control: system identifier, two versions, DBState (src/include/catalog/pg_control.h).
_CONTROL = struct.Struct("=QIIi")
_SHUT_DOWN, _SHUT_DOWN_IN_RECOVERY, _SHUTTING_DOWN, _IN_ARCHIVE_RECOVERY, _IN_PRODUCTION = 1, 2, 3, 5, 6
_STANDBY_STATES = (_SHUT_DOWN_IN_RECOVERY, _IN_ARCHIVE_RECOVERY)
_PRIMARY_STATES = (_SHUT_DOWN, _SHUTTING_DOWN, _IN_PRODUCTION)
#: Since this major version, no backup puts a backup_label into the data directory.
_NO_EXCLUSIVE_BACKUP = 15
#: A start that has just created postmaster.pid writes into it at once; an older empty file is left over.
_EMPTY_S = 10.0
#: How pg_ctlcluster recognizes a server (check_pidfile_running of PgCommon.pm).
_POSTGRES = re.compile(rb"\bpostgres\b")


def data_obstacles(cluster: Cluster, pid: int | None) -> Iterator[StartObstacle]:
    """Yield what the next start meets in the data directory.

    Args:
        cluster: of the directory.
        pid: process id of the running server; None if it does not run.

    Raises:
        OSError: this user cannot read the directory.
    """
    yield from _directory(cluster, pid)
    yield from _signals(cluster, pid)
    if pid is not None:
        yield from _backup_label(cluster)
    else:
        yield from _pid_file(cluster)


def own_process(cluster: Cluster, pid: int | None) -> int | None:
    """Return the process id of postmaster.pid if that process works in the data directory; otherwise None.

    Args:
        cluster: of the directory.
        pid: of a process that exists, from postmaster.pid.
    """
    if pid is None:
        return None
    try:
        folder = os.readlink(f"/proc/{pid}/cwd")
    except PermissionError:
        # Not even the owner may inspect a server with capabilities of its own (capabilities(7)), so its user has to do.
        return pid if _owner_of(pid) == os.stat(cluster.data_directory).st_uid else None
    except OSError:
        return None
    return pid if folder == os.path.realpath(cluster.data_directory) else None


def _directory(cluster: Cluster, pid: int | None) -> Iterator[StartObstacle]:
    """Yield faults of the directory itself."""
    data = cluster.data_directory
    status = os.stat(data)
    mode = stat.S_IMODE(status.st_mode)
    if mode & _REFUSED_MODE:
        message = f"{data} has mode {mode:04o}: a start accepts only 0700 and 0750"
        yield StartObstacle("mode", message, f"run 'chmod 0700 {data}'")
    runs_as = os.stat(f"/proc/{pid}").st_uid if pid is not None else status.st_uid
    if runs_as != status.st_uid:
        message = f"{data} belongs to {user_name(status.st_uid)}, and the server runs as {user_name(runs_as)}: it would not start as either"
        yield StartObstacle("owner", message, f"run 'chown {user_name(runs_as)}: {data}'")
    found = _text(os.path.join(data, "PG_VERSION")).strip()
    if found != str(cluster.version):
        about = f"has {found!r} instead of {cluster.version}" if found else "is missing"
        message = f"PG_VERSION in {data} {about}: a start refuses the directory"
        yield StartObstacle(
            "PG_VERSION", message, f"find out who changed {data}, and write {cluster.version} into PG_VERSION"
        )


def _signals(cluster: Cluster, pid: int | None) -> Iterator[StartObstacle]:
    """Yield files that start a recovery on a server that is not in one, and the lack of them on a standby."""
    data = cluster.data_directory
    there = [name for name in (STANDBY, RECOVERY) if os.path.lexists(os.path.join(data, name))]
    state = _state(data)
    prepared = pid is None and os.path.lexists(os.path.join(data, LABEL))
    if there and state in _PRIMARY_STATES and not prepared:
        # A base backup that is not started yet has both files; standby.signal comes first if there are both signals.
        path = os.path.join(data, there[0])
        outcome = (
            "the next start makes it a read-only standby"
            if there[0] == STANDBY
            else "the next start begins a recovery, or fails without restore_command"
        )
        message = f"{path} exists, but the server is no standby: {outcome}"
        yield StartObstacle(there[0], message, f"if no recovery is planned, run 'rm {path}'")
    if not there and state in _STANDBY_STATES:
        path = os.path.join(data, STANDBY)
        message = f"the server is a standby, but {path} is missing: the next start makes it a second primary"
        yield StartObstacle(STANDBY, message, f"if it is to stay a standby, run 'sudo -u {cluster.owner} touch {path}'")
    path = os.path.join(data, "recovery.conf")
    if os.path.lexists(path):
        message = f"{path} exists: PostgreSQL {cluster.version} does not start with such a file"
        yield StartObstacle(
            "recovery.conf", message, f"move its settings to postgresql.conf if they are needed, then run 'rm {path}'"
        )


def _backup_label(cluster: Cluster) -> Iterator[StartObstacle]:
    """Yield backup_label; 13 and 14 write it for an exclusive backup, and take it away when they stop."""
    path = os.path.join(cluster.data_directory, LABEL)
    if cluster.version < _NO_EXCLUSIVE_BACKUP or not os.path.lexists(path):
        return
    message = f"{path} exists, and no backup leaves it in a running server: the next start recovers from it, or fails"
    yield StartObstacle(LABEL, message, f"run 'mv {path} {path}.old' before the next start")


def _pid_file(cluster: Cluster) -> Iterator[StartObstacle]:
    """Yield a postmaster.pid of no running server that prevents a start."""
    path = os.path.join(cluster.data_directory, "postmaster.pid")
    if not os.path.lexists(path):
        return
    if cluster.pid is None:
        if not is_packaged(cluster.config_directory) and time.time() - os.stat(path).st_mtime > _EMPTY_S:
            yield StartObstacle(
                "postmaster.pid", f"{path} is empty: a start takes it for another start", f"run 'rm {path}'"
            )
    elif own_process(cluster, cluster.pid) is None and _takes_for_server(cluster, cluster.pid):
        message = f"{path} names process {cluster.pid}, which is not this server: a start takes it for the running server and ends"
        yield StartObstacle("postmaster.pid", message, f"check it with 'ps -fp {cluster.pid}', then run 'rm {path}'")


def _takes_for_server(cluster: Cluster, pid: int) -> bool:
    """Whether a start takes a foreign process for the running server.

    pg_ctlcluster removes the file unless the command line has the word postgres. The server itself refuses any process of its user.
    """
    try:
        if is_packaged(cluster.config_directory):
            with open(f"/proc/{pid}/cmdline", "rb") as handle:
                return _POSTGRES.search(handle.read().split(b"\n")[0]) is not None
        return _owner_of(pid) == os.stat(cluster.data_directory).st_uid
    except OSError:
        return False


def _state(data: str) -> int | None:
    """Return DBState in the control file; None if it is not complete."""
    with open(os.path.join(data, "global", "pg_control"), "rb") as handle:
        found = handle.read(_CONTROL.size)
    return int(_CONTROL.unpack(found)[3]) if len(found) == _CONTROL.size else None


def _owner_of(pid: int) -> int | None:
    """Return the user id of a process; None if it has ended."""
    try:
        return os.stat(f"/proc/{pid}").st_uid
    except FileNotFoundError:
        return None


def _text(path: str) -> str:
    """Return the content of a file; empty if it does not exist."""
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            return handle.read()
    except FileNotFoundError:
        return ""
