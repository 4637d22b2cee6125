# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would make a backup fail is found before anything is written."""

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
#: How large they are takes a look at every file of theirs, so only who has to know asks for that.
_SIZED_DATABASES = _DATABASES.replace("0::bigint", "pg_database_size(oid)")


@dataclass(frozen=True)
class Ready:
    """All that a backup needs to know.

    Attributes:
        cluster: that answers.
        server: version, number and system identifier.
        databases: to be dumped, with their sizes in bytes.
        complete: whether these are all that are not excluded.
        pg_dump: what it says of itself.
        compression: method and level.
        needed_bytes: space the set is expected to take.
        warnings: what is not as expected, and no reason to stop.
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
    """Whether a backup can be made.

    Args:
        config: what is declared.
        wanted: databases to dump; all that are not excluded where it is empty.
        store: where the sets are.

    Raises:
        PgsopError: why not.
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
    """Names of the databases that a backup of all holds, before any is excluded."""
    return [row["name"] for row in session.rows(_DATABASES) if row["open"]]


def look_at_folders(config: BackupConfig) -> None:
    """Whether sets can be written, and how it went.

    Raises:
        PgsopError: why not.
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
    # File systems without a fixed number of inodes say 0.
    if room.f_files and room.f_favail < files:
        raise _refused(config.directory, f"{room.f_favail} inodes are free, and the set may take {files}", next_step)


def _refused(target: str, answer: str, next_step: str) -> PgsopError:
    return PgsopError(attempted="begin a backup", target=target, answer=answer, next_step=next_step)
