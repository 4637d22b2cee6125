# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that a database can be restored, before anything is created."""

from __future__ import annotations

import contextlib
import json
import locale
import os
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from ..backup import names, objects
from ..backup.checksums import digest_problems
from ..backup.config import BackupConfig
from ..backup.encryption import opened, stored_name
from ..backup.manifest import DatabaseDump, Manifest
from ..backup.obstacles.report import summary
from ..backup.store import NEWEST, Store, StoredSet
from ..cluster import Cluster
from ..connection import Session
from ..databases.invalid import remedy, sentence
from ..databases.names import RESTORED, name_problem
from ..errors import PgsopError
from ..files import free_bytes
from ..sql import LONGEST_NAME
from . import properties, roles
from .plan import RestorePlan, RestoreRequest

#: How much more room a restore may take than the database did.
_ROOM = 1.1
#: What cannot be replaced: others count on it being there all the time.
_KEPT = frozenset({"postgres", "template0", "template1"})
_EXISTS = "SELECT datconnlimit <> -2 AS valid FROM pg_database WHERE datname = %s"
_EXTENSIONS = "SELECT name, default_version AS version FROM pg_available_extensions"


def target_of(request: RestoreRequest) -> str:
    """Return the name of the restored database.

    Raises:
        PgsopError: --replace names another database than --database, or one that must always exist, or the name is not valid.
    """
    if request.replace:
        if request.replace != request.database or request.target not in ("", request.database):
            answer = f"--replace says {request.replace}" + (f" and --target {request.target}" if request.target else "")
            _refuse(request, answer, f"to replace the database, write --replace {request.database}, and no --target")
        if request.replace in _KEPT:
            _refuse(
                request,
                "the server and its tools need it all the time",
                "restore it beside, and copy what is needed from there",
            )
        return request.database
    target = request.target or shortened(request.database, RESTORED)
    problem = name_problem(target, "database")
    if problem:
        _refuse(request, problem, "choose another one with --target")
    return target


def shortened(name: str, ending: str) -> str:
    """Return a name with an ending, cut to the 63 bytes of a name, and without bytes that are not UTF-8."""
    room = LONGEST_NAME - len(ending.encode())
    return name.encode("utf-8", "surrogateescape")[:room].decode("utf-8", "ignore") + ending


@contextlib.contextmanager
def checked(
    config: BackupConfig, store: Store, stored: StoredSet, dump: DatabaseDump, *, whole: bool = True
) -> Iterator[str]:
    """Yield a folder with the plain files that a restore of a database reads, after every byte of them was checked.

    Args:
        config: with the path of the secret key.
        store: for the note of damage.
        stored: the set.
        dump: the database.
        whole: whether the dump is decrypted, too; for a dry run with an encrypted set that would take too long.

    Raises:
        PgsopError: a file is damaged, or cannot be decrypted.
    """
    manifest = stored.known
    parts = [names.objects_name(dump.name), names.ROLES, dump.dump]
    kept = {stored_name(manifest, part) for part in parts}
    files = [file for file in manifest.files if file.path.split("/", maxsplit=1)[0] in kept]
    problems = digest_problems(stored.path, files)
    if problems:
        store.note(stored, damage=tuple(problem for problem in problems if problem not in manifest.damage))
        raise PgsopError(
            attempted="read the set",
            target=stored.path,
            answer="; ".join(problems),
            next_step=_other_set(store, stored, dump.name),
        )
    with opened(config, stored, parts if whole else parts[:2]) as folder:
        yield folder


def plan(session: Session, cluster: Cluster, request: RestoreRequest, stored: StoredSet, folder: str) -> RestorePlan:
    """Return the plan of a restore, after all checks; 1.1 times the database's size must be free in the data directory.

    Args:
        session: in database postgres.
        cluster: of the session.
        request: the options.
        stored: the set.
        folder: with its plain files.

    Raises:
        PgsopError: extensions, locales, roles, space or features of the server's version are missing.
    """
    manifest, dump = stored.known, dump_of(stored, request.database)
    described = objects.load(os.path.join(folder, names.objects_name(dump.name)))
    with open(os.path.join(folder, names.ROLES), encoding="utf-8") as handle:
        all_roles: Mapping[str, Any] = json.load(handle)
    major = session.value("SELECT current_setting('server_version_num')::int") // 10000
    warnings = _require(session, cluster, request, stored, major)
    warnings += [f"known when the set was made: {summary(dump.obstacles)}"] if dump.obstacles else []
    there = {row["spcname"] for row in session.rows("SELECT spcname FROM pg_tablespace")}
    lost = sorted({*dump.tablespaces, dump.properties["tablespace"]} - there)
    if lost:
        warnings.append(
            f"tablespaces that this server does not have: {', '.join(lost)}; what was in them goes to the default one"
        )
    return RestorePlan(
        stored=stored,
        dump=dump,
        objects=described,
        roles=all_roles,
        missing_roles=tuple(roles.missing(session, all_roles, dump.roles, all_roles=request.all_roles)),
        dumped_major=manifest.server_version_num // 10000,
        major=major,
        tablespaces=not set(dump.tablespaces) - there,
        default_tablespace=dump.properties["tablespace"] in there,
        warnings=warnings,
        request=request,
    )


def _require(session: Session, cluster: Cluster, request: RestoreRequest, stored: StoredSet, major: int) -> list[str]:
    """Refuse to restore if this host or server misses something; return differences as warnings."""
    dump = dump_of(stored, request.database)
    lost, warnings = _extensions(session, dump)
    problems = [
        *_version_problems(stored.known, dump, major),
        *lost,
        *_locale_problems(dump),
        *_room_problems(cluster, dump),
    ]
    if problems:
        _refuse(request, "; ".join(problems), "correct that on this host, or restore on another one")
    return warnings


def look_at_target(session: Session, request: RestoreRequest, target: str) -> None:
    """Check that the name of the restored database is free, or that the database of this name can be replaced now.

    Raises:
        PgsopError: the name is taken, or the database has prepared transactions or an interrupted DROP.
    """
    there = session.rows(_EXISTS, [target])
    if there and not there[0]["valid"]:
        _refuse(request, sentence(target), f"complete the DROP, then run it again: {remedy(target)}")
    if not request.replace:
        if there:
            other = shortened(request.database, "_restored")
            _refuse(
                request,
                f"database {target} exists",
                f"choose another name, as in --target {other}, or drop the old one yourself",
            )
        return
    prepared = session.rows("SELECT gid FROM pg_prepared_xacts WHERE database = %s", [target])
    if prepared:
        listed = ", ".join(row["gid"] for row in prepared)
        _refuse(
            request, f"it has prepared transactions: {listed}", "end them with COMMIT PREPARED or ROLLBACK PREPARED"
        )


def dump_of(stored: StoredSet, database: str) -> DatabaseDump:
    """Return a database of a set.

    Raises:
        PgsopError: the set does not have it; the error lists the databases of the set.
    """
    dump = stored.manifest.database(database) if stored.manifest else None
    if stored.manifest is None or dump is None:
        held = (
            ", ".join(each.name for each in stored.manifest.databases)
            if stored.manifest
            else "nothing that can be believed"
        )
        raise PgsopError(
            attempted="find the database in the set",
            target=f"database {database}, set {stored.name}",
            answer=f"the set holds {held}",
            next_step="choose one of these, or another set; 'pgsop backups' lists them",
        )
    return dump


def passed_over(store: Store, stored: StoredSet, reference: str, database: str = "") -> list[str]:
    """Return warnings about damaged sets that are newer than the chosen one, if `latest` was asked for.

    Args:
        store: all sets.
        stored: the chosen set.
        reference: with which it was chosen.
        database: only sets that hold it; any if empty.
    """
    if reference != NEWEST:
        return []
    every = store.sets()
    position = next((place for place, other in enumerate(every) if other.name == stored.name), 0)
    newer = [other for other in every[:position] if not other.usable and (not database or other.holds(database))]
    return [f"set {other.name} is newer, and was passed over: {'; '.join(other.problems[:3])}" for other in newer]


def _version_problems(manifest: Manifest, dump: DatabaseDump, major: int) -> Iterator[str]:
    dumped = manifest.server_version_num // 10000
    if dumped > major:
        yield f"it was dumped from version {dumped}, and this server has version {major}"
    yield from properties.missing_support(dump.properties, major)


def _extensions(session: Session, dump: DatabaseDump) -> tuple[list[str], list[str]]:
    """Return missing extensions as problems, and extensions of another version as warnings."""
    available = {row["name"]: row["version"] for row in session.rows(_EXTENSIONS)}
    lost = sorted(set(dump.extensions) - set(available))
    other = sorted(name for name, version in dump.extensions.items() if available.get(name, version) != version)
    problems = [f"extensions that are not installed on this host: {', '.join(lost)}"] if lost else []
    warnings = [f"extension {name} becomes version {available[name]} and was {dump.extensions[name]}" for name in other]
    return problems, warnings


def _locale_problems(dump: DatabaseDump) -> list[str]:
    before = locale.setlocale(locale.LC_COLLATE)
    lost = []
    for name in sorted({dump.properties["collate"], dump.properties["ctype"]}):
        try:
            locale.setlocale(locale.LC_COLLATE, name)
        except locale.Error:
            lost.append(name)
        finally:
            locale.setlocale(locale.LC_COLLATE, before)
    return [f"this host does not have locale {name}" for name in lost]


def _room_problems(cluster: Cluster, dump: DatabaseDump) -> list[str]:
    free = free_bytes(cluster.data_directory)
    if free >= dump.size_bytes * _ROOM:
        return []
    return [
        f"{cluster.data_directory} has {free / 1e6:,.0f} MB left, and it needs {dump.size_bytes * _ROOM / 1e6:,.0f} MB"
    ]


def _other_set(store: Store, stored: StoredSet, database: str) -> str:
    others = [
        other.name for other in store.sets() if other.usable and other.holds(database) and other.name != stored.name
    ]
    if not others:
        return "look at the copies of the sets off this host: there is no other usable set of it here"
    return f"use the next one: --set {others[0]}"


def _refuse(request: RestoreRequest, answer: str, next_step: str) -> NoReturn:
    raise PgsopError(
        attempted="restore the database", target=f"database {request.database}", answer=answer, next_step=next_step
    )
