# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that a backup can be made, before anything is written."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..cluster import Cluster, find_cluster
from ..connection import Session, connect
from ..databases.invalid import remedy, sentence
from ..errors import PgsopError
from ..files import group_name, user_name
from . import encryption
from .config import BackupConfig
from .store import Store, StoredSet
from .tools import compression, dump_version, program

#: Part of a database's size that its first dump may take; later ones are judged by the one before.
_FIRST_DUMP = 0.5
#: How much a dump may have grown since the one before, beyond what the database has.
_GROWTH = 1.25
#: Files that a set has besides those of the dumps, and how many a first dump is expected to have.
_SPARE_FILES = 100
_FIRST_FILES = 1000

_SERVER = """
SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number,
       pg_is_in_recovery() AS standby, (SELECT system_identifier::text FROM pg_control_system()) AS identifier
"""
#: Templates are not dumped, nor is what a drop that was interrupted left behind, nor the scratch databases of restores.
_DATABASES = r"""
SELECT datname AS name, 0::bigint AS bytes, datallowconn AS open FROM pg_database d
 WHERE NOT datistemplate AND datconnlimit <> -2
   AND NOT (datname ~ '^pgsop_(restore|drill)_[0-9a-f]{8}$' AND shobj_description(oid, 'pg_database') ~ '^pgsop')
 ORDER BY datname COLLATE "C"
"""
_INVALID = "SELECT datname AS name FROM pg_database WHERE datconnlimit = -2 ORDER BY 1"
#: Their size needs a stat() of every file, so only the preflight of a backup queries it.
_SIZED_DATABASES = _DATABASES.replace("0::bigint", "pg_database_size(oid)")


@dataclass(frozen=True)
class Ready:
    """The facts on which a backup relies.

    Attributes:
        cluster: with a server that answers.
        server: version, number (server_version_num), standby, and identifier (system identifier).
        databases: to be dumped, with their sizes in bytes.
        complete: whether these are all databases that are not excluded.
        pg_dump: output of pg_dump --version.
        compression: method and level.
        needed_bytes: space that the set is expected to take, before encryption.
        warnings: unexpected facts that do not stop a backup.
    """

    cluster: Cluster
    server: dict[str, Any]
    databases: dict[str, int]
    complete: bool
    pg_dump: str
    compression: str
    needed_bytes: int
    warnings: tuple[str, ...]


def inspect(config: BackupConfig, wanted: Sequence[str], store: Store) -> Ready:
    """Check that a backup can be made: folders, programs, server, databases, free bytes and inodes.

    A database is expected to take half of its size, or 1.25 times its dump in the newest usable set, more if it grew since. Encryption
    needs twice the space.

    Args:
        config: the declared configuration.
        wanted: databases to dump; all that are not excluded if empty.
        store: the existing sets.

    Raises:
        PgsopError: a check failed; the first that does.
    """
    look_at_folders(config)
    if config.encryption_recipients:
        encryption.version()
    cluster = find_cluster(config.version, config.cluster)
    if cluster is None:
        raise _refused(
            f"cluster {config.version}/{config.cluster}",
            "there is no such cluster",
            "look at 'pg_lsclusters', and run role pg_install",
        )
    with connect(cluster) as session:
        (server,) = session.rows(_SERVER)
        found = session.rows(_SIZED_DATABASES)
        invalid = [row["name"] for row in session.rows(_INVALID)]
    pg_dump = _look_at_programs(config, server)
    if server["standby"]:
        raise _refused(f"cluster {cluster.label}", "the server is in recovery", "take backups of the primary")
    databases, warnings = _choose(config, found, invalid, wanted)
    sets = store.sets()
    needed = _expected_bytes(databases, sets)
    _look_at_space(config, needed, _expected_files(sets))
    every = {row["name"] for row in found if row["open"]} - set(config.exclude)
    return Ready(
        cluster, server, databases, set(databases) >= every, pg_dump, compression(config), needed, tuple(warnings)
    )


def backed_up(session: Session) -> list[str]:
    """Return the names of the databases in a backup of all, sorted; excluded ones are among them.

    Templates, invalid databases, temporary databases of restores, and those without connections are left out.
    """
    return [row["name"] for row in session.rows(_DATABASES) if row["open"]]


def look_at_folders(config: BackupConfig) -> None:
    """Check that sets, and the notes of runs, can be written to their folders.

    Raises:
        PgsopError: a folder does not exist, or this process may not read, write and enter it.
    """
    for path in (config.directory, config.state_directory):
        if not os.path.isdir(path):
            raise _refused(path, "there is no such folder", "run role pg_backup, which makes it")
        if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
            owner = f"{user_name(os.geteuid())}:{group_name(os.getegid())}"
            raise _refused(
                path, f"{owner} may not write to it", f"run role pg_backup, or: chown {owner} {path}; chmod 0700 {path}"
            )


def _look_at_programs(config: BackupConfig, server: dict[str, Any]) -> str:
    major, said = dump_version(config)
    for name in ("pg_dumpall", "pg_restore"):
        program(config, name)
    if major < server["number"] // 10_000:
        raise _refused(
            program(config, "pg_dump"),
            f"it is of version {major}, older than the server, which is {server['version']}",
            f"install the package postgresql-client-{server['number'] // 10_000}",
        )
    return said


def _choose(
    config: BackupConfig, found: Sequence[dict[str, Any]], invalid: Sequence[str], wanted: Sequence[str]
) -> tuple[dict[str, int], list[str]]:
    there = {row["name"]: row for row in found}
    dropped = [name for name in wanted if name in invalid]
    if dropped:
        next_step = "; ".join(map(remedy, dropped))
        raise _refused(f"database {', '.join(dropped)}", "; ".join(map(sentence, dropped)), next_step)
    unknown = [name for name in wanted if name not in there]
    if unknown:
        raise _refused(
            f"database {', '.join(unknown)}", "there is no such database", f"choose among {', '.join(there)}"
        )
    warnings = [
        f"database {name}, which is excluded, does not exist"
        for name in config.exclude
        if name not in [*there, *invalid]
    ]
    warnings += [f"{sentence(name)}; it is not in the set; complete it: {remedy(name)}" for name in invalid]
    chosen = list(wanted) or [name for name in there if name not in config.exclude]
    closed = [name for name in chosen if not there[name]["open"]]
    if set(closed) & set(wanted):
        raise _refused(
            f"database {', '.join(closed)}", "it accepts no connections", "ALTER DATABASE ... ALLOW_CONNECTIONS true"
        )
    warnings += [f"database {name} accepts no connections and is not in the set" for name in closed]
    databases = {name: int(there[name]["bytes"]) for name in dict.fromkeys(chosen) if name not in closed}
    if not databases:
        raise _refused("the list of databases", "nothing is left to dump", "correct pg_backup_exclude")
    return databases, warnings


def _expected_bytes(databases: dict[str, int], sets: Sequence[StoredSet]) -> int:
    total = 0.0
    for name, size in databases.items():
        before = next(
            (
                stored.manifest.database(name)
                for stored in sets
                if stored.usable and stored.manifest and stored.holds(name)
            ),
            None,
        )
        if before is None:
            total += size * _FIRST_DUMP
        else:
            total += before.dump_bytes * max(1.0, size / max(1, before.size_bytes)) * _GROWTH
    return int(total)


def _expected_files(sets: Sequence[StoredSet]) -> int:
    manifest = sets[0].manifest if sets else None
    return _SPARE_FILES + (len(manifest.plain_files or manifest.files) if manifest else _FIRST_FILES)


def _look_at_space(config: BackupConfig, needed: int, files: int) -> None:
    room = os.statvfs(config.directory)
    free = room.f_bavail * room.f_frsize
    # Encrypted parts are written beside the plain ones, which go one after the other.
    needed = needed * 2 if config.encryption_recipients else needed
    next_step = (
        "make room, lower pg_backup_keep_days or pg_backup_keep_sets, or move pg_backup_directory to a larger disk"
    )
    if free < needed:
        raise _refused(
            config.directory, f"{free / 1e6:,.0f} MB are free, and the set may take {needed / 1e6:,.0f} MB", next_step
        )
    # File systems without a fixed number of inodes report 0.
    if room.f_files and room.f_favail < files:
        raise _refused(config.directory, f"{room.f_favail} inodes are free, and the set may take {files}", next_step)


def _refused(target: str, answer: str, next_step: str) -> PgsopError:
    return PgsopError(attempted="begin a backup", target=target, answer=answer, next_step=next_step)
