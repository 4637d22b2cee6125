# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths that a server uses, as the server itself reports them, each with the access that it needs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..cluster import Cluster
from ..connection import Session
from .commands import named_paths

#: Settings that name a file or folder to read, a folder to write to, libraries, and shell commands.
_READ = ("config_file", "hba_file", "ident_file")
_TLS = ("ssl_cert_file", "ssl_key_file", "ssl_ca_file", "ssl_crl_file", "ssl_crl_dir", "ssl_dh_params_file")
_WRITE = ("data_directory", "stats_temp_directory", "basic_archive.archive_directory")
_LIBRARIES = (
    "shared_preload_libraries",
    "session_preload_libraries",
    "local_preload_libraries",
    "archive_library",
    "jit_provider",
)
_WRITING_COMMANDS = ("archive_command", "archive_cleanup_command", "recovery_end_command")
_READING_COMMANDS = ("restore_command", "ssl_passphrase_command")
_OTHER = (
    "ssl",
    "krb_server_keyfile",
    "external_pid_file",
    "unix_socket_directories",
    "logging_collector",
    "log_directory",
)
_NAMES = [*_READ, *_TLS, *_WRITE, *_LIBRARIES, *_WRITING_COMMANDS, *_READING_COMMANDS, *_OTHER]

_SETTINGS = "SELECT name, setting FROM pg_catalog.pg_settings WHERE name = ANY (%s)"
_FILES = "SELECT DISTINCT sourcefile AS path FROM pg_catalog.pg_file_settings"
_SPACES = "SELECT spcname AS name, pg_catalog.pg_tablespace_location(oid) AS path FROM pg_catalog.pg_tablespace"


@dataclass(frozen=True)
class Need:
    """A path that the server uses.

    Attributes:
        path: an absolute path.
        write: whether the server writes there, else it reads.
        why: the setting, or the kind of path such as a tablespace.
        named_by_command: whether only the text of a shell command names it.
        same: whether it must be the host's own, not a substitute as in a private /tmp.
    """

    path: str
    write: bool
    why: str
    named_by_command: bool = False
    same: bool = True

    @property
    def access(self) -> str:
        """Return the access that the server needs: write or read."""
        return "write" if self.write else "read"


def read_needs(session: Session, cluster: Cluster) -> list[Need]:
    """Return every path that the server uses, each once for reading and once for writing.

    They come from its settings, configuration files, tablespaces, links in the data directory and shell commands.

    Args:
        session: of the server, as superuser.
        cluster: the cluster; relative paths are relative to its data directory.

    Raises:
        ServerError: the server does not answer.
    """
    settings = {row["name"]: row["setting"] or "" for row in session.rows(_SETTINGS, [_NAMES])}
    spaces = [(row["name"], row["path"]) for row in session.rows(_SPACES) if row["path"]]
    found: dict[object, Need] = {}
    each: list[Need] = [Need(cluster.data_directory, True, "data_directory")]
    each += [Need(path, True, f"tablespace {name}") for name, path in spaces]
    each += [*_linked(cluster.data_directory), *_log(cluster, settings), *_folders(settings), *_files(settings)]
    each += [Need(row["path"], False, "configuration") for row in session.rows(_FILES)]
    each += [need for name in _WRITING_COMMANDS for need in _command(name, settings, writes=True)]
    each += [need for name in _READING_COMMANDS for need in _command(name, settings, writes=False)]
    for need in each:
        if need.path:
            path = os.path.normpath(os.path.join(cluster.data_directory, need.path))
            found.setdefault((path, need.write), Need(path, need.write, need.why, need.named_by_command, need.same))
    return list(found.values())


def _linked(data: str) -> Iterator[Need]:
    """Yield the targets of links in the data directory, such as pg_wal on a disk of its own or a certificate."""
    try:
        links = sorted(entry.path for entry in os.scandir(data) if entry.is_symlink())
    except OSError:
        return
    for path in links:
        yield Need(os.path.realpath(path), os.path.isdir(path), os.path.basename(path))


def _log(cluster: Cluster, settings: dict[str, str]) -> Iterator[Need]:
    """Yield the log that pg_ctlcluster opens, and its folder; log_directory only if the collector is on."""
    # With another destination, pg_lsclusters shows a word such as syslog.
    if os.path.isabs(cluster.log_file):
        path = os.path.realpath(cluster.log_file)
        yield Need(os.path.dirname(path), True, "log")
        yield Need(path, True, "log")
    if settings.get("logging_collector") == "on":
        yield Need(settings.get("log_directory", ""), True, "log_directory")


def _folders(settings: dict[str, str]) -> Iterator[Need]:
    yield from (Need(settings.get(name, ""), True, name) for name in _WRITE)
    yield Need(os.path.dirname(settings.get("external_pid_file", "")), True, "external_pid_file")
    # A name that begins with @ is in no folder.
    folders = _listed(settings.get("unix_socket_directories", ""))
    yield from (Need(path, True, "unix_socket_directories") for path in folders if path[:1] != "@")


def _files(settings: dict[str, str]) -> Iterator[Need]:
    names = [*_READ, *(_TLS if settings.get("ssl") == "on" else ())]
    yield from (Need(settings.get(name, ""), False, name) for name in names)
    yield Need(settings.get("krb_server_keyfile", "").rpartition("FILE:")[2], False, "krb_server_keyfile")
    for name in _LIBRARIES:
        # Other names are relative to dynamic_library_path, which belongs to the packages.
        yield from (Need(path, False, name) for path in _listed(settings.get(name, "")) if path[:1] == "/")


def _command(name: str, settings: dict[str, str], *, writes: bool) -> Iterator[Need]:
    for found in named_paths(settings.get(name, "")):
        yield Need(found.path, False, name, named_by_command=True, same=found.filled)
        if found.output or (writes and found.folder):
            yield Need(found.path, True, name, named_by_command=True, same=found.filled)


def _listed(text: str) -> Sequence[str]:
    return [part.strip().strip('"') for part in text.split(",") if part.strip()]
