# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths of a server's files, as it reports them itself, and the owner and mode that each must have."""

from __future__ import annotations

import glob
import grp
import os
import pwd
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from .cluster import CONFIG_FOLDER, Cluster
from .configured import configured
from .connection import connect
from .debian import LOG_ROOT
from .errors import PgsopError
from .files import group_name, user_name

_NAMES = ("hba_file", "ident_file", "unix_socket_directories", "ssl", "ssl_key_file")


@dataclass(frozen=True)
class ServerPaths:
    """Files and folders of one server; empty strings for those it does not use.

    Attributes:
        data_directory: as configured, also if it is a link.
        config_directory: folder that postgresql-common keeps for the cluster.
        config_file: the main configuration file.
        hba_file: rules of client authentication.
        ident_file: maps of user names.
        log_file: file that pg_ctlcluster opens.
        wal_directory: what pg_wal in the data directory is or leads to.
        tablespaces: folders of tablespaces.
        socket_directories: folders of sockets; a name that begins with @ is in no folder.
        tls_key_file: private key, if the server uses TLS.
        home: home directory of the owner.
    """

    data_directory: str
    config_directory: str
    config_file: str
    hba_file: str
    ident_file: str
    log_file: str
    wal_directory: str
    tablespaces: tuple[str, ...]
    socket_directories: tuple[str, ...]
    tls_key_file: str
    home: str

    def as_dict(self) -> dict[str, Any]:
        """Return the paths as lists and texts."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}


def server_paths(cluster: Cluster) -> ServerPaths:
    """Return the paths of a cluster: from its server, or from its configuration if the server does not answer."""
    data, configuration = cluster.data_directory, cluster.config_directory
    settings = _from_server(cluster) or configured(cluster, _NAMES)
    links = sorted(glob.glob(os.path.join(glob.escape(data), "pg_tblspc", "*")))
    key = settings.get("ssl_key_file", "") if settings.get("ssl") == "on" else ""
    sockets = settings.get("unix_socket_directories") or cluster.socket_directory
    return ServerPaths(
        data_directory=data,
        config_directory=configuration,
        config_file=os.path.join(configuration, "postgresql.conf"),
        hba_file=os.path.join(data, settings.get("hba_file") or os.path.join(configuration, "pg_hba.conf")),
        ident_file=os.path.join(data, settings.get("ident_file") or os.path.join(configuration, "pg_ident.conf")),
        log_file=cluster.log_file if os.path.isabs(cluster.log_file) else "",
        wal_directory=os.path.realpath(os.path.join(data, "pg_wal")),
        tablespaces=tuple(os.path.realpath(link) for link in links),
        socket_directories=tuple(part.strip().strip('"') for part in sockets.split(",") if part.strip()),
        tls_key_file=os.path.join(data, key) if key else "",
        home=_home(cluster.owner),
    )


def expected_modes(paths: ServerPaths, owner: str) -> list[dict[str, str]]:
    """Return each path of the server with the owner, group and mode that it must have.

    Folders that others may use, such as those of the log and of the sockets, are not among them. Neither is a path that does not
    belong to the owner, except in the folders of the packages: the owner can move the others by settings and links,
    and root must not give it any file of the host.

    Args:
        paths: of the server.
        owner: operating system user that runs it.

    Returns:
        Dictionaries with ``path``, ``owner``, ``group`` and ``mode`` (four octal digits).
    """
    group = group_of(owner)
    configuration, data = paths.config_directory, os.path.realpath(paths.data_directory)
    # postgresql.conf stays readable: pg_lsclusters has to read it for any user, and it holds no secret.
    modes = {
        configuration: "0755",
        os.path.join(configuration, CONFIG_FOLDER): "0755",
        paths.config_file: "0644",
        paths.hba_file: "0640",
        paths.ident_file: "0640",
        os.path.join(configuration, "environment"): "0644",
        os.path.join(configuration, "pg_ctl.conf"): "0644",
        data: "0700",
    }
    elsewhere = [path for path in (paths.wal_directory, *paths.tablespaces) if not path.startswith(f"{data}/")]
    modes.update(dict.fromkeys(elsewhere, "0700"))
    modes.update({os.path.join(paths.home, name): "0600" for name in (".psql_history", ".pgpass")})
    result = [{"path": path, "owner": owner, "group": group, "mode": mode} for path, mode in modes.items()]
    if paths.log_file:
        result.append({"path": paths.log_file, "owner": owner, "group": "adm", "mode": "0640"})
    packaged = (configuration, paths.home, LOG_ROOT)
    kept = [
        dict(item, path=os.path.realpath(item["path"])) for item in result if _is_safe(item["path"], owner, packaged)
    ]
    return [*kept, *_tls_key(paths.tls_key_file)]


def _is_safe(path: str, owner: str, packaged: Sequence[str]) -> bool:
    """Whether root may give a path to the owner: it is there already its own, or where the packages put it without a link of others."""
    try:
        if user_name(os.stat(path).st_uid) == owner:
            return True
    except OSError:
        return False
    return any(path == top or path.startswith(f"{top}/") for top in packaged) and only_links_of_root(path)


def _tls_key(path: str) -> Iterator[dict[str, str]]:
    """Yield a private key that is too open for a start, with 0600, or 0640 if it belongs to root and a group."""
    try:
        status = os.lstat(path)
    except OSError:
        return
    if stat.S_ISLNK(status.st_mode) or (status.st_uid == 0 and status.st_gid == 0):
        # The server cannot read the latter: the setting names some other file of the host.
        return
    allowed = 0o640 if status.st_uid == 0 else 0o600
    if stat.S_IMODE(status.st_mode) & ~allowed:
        names = {"owner": user_name(status.st_uid), "group": group_name(status.st_gid)}
        yield {"path": path, **names, "mode": f"{allowed:04o}"}


def only_links_of_root(path: str) -> bool:
    """Return whether every symbolic link on the way to a path belongs to root, or to the user of this process.

    Raises:
        OSError: a part of the path does not exist.
    """
    there = "/"
    for name in path.split("/"):
        there = os.path.join(there, name)
        status = os.lstat(there)
        if stat.S_ISLNK(status.st_mode) and status.st_uid not in (0, os.geteuid()):
            return False
    return True


def _from_server(cluster: Cluster) -> Mapping[str, str]:
    try:
        with connect(cluster) as session:
            return {name: str(session.value(f"SHOW {name}")) for name in _NAMES}
    except PgsopError:
        return {}


def _home(owner: str) -> str:
    return _of_user(owner, lambda account: str(account.pw_dir)) or "/nonexistent"


def group_of(owner: str) -> str:
    """Return the primary group of a user; its name if the user does not exist."""
    return _of_user(owner, lambda account: grp.getgrgid(account.pw_gid).gr_name) or owner


def _of_user(name: str, read: Callable[[pwd.struct_passwd], str]) -> str | None:
    try:
        return read(pwd.getpwnam(name))
    except KeyError:
        return None
