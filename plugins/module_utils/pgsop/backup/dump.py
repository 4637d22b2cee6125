# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One database: dumped, and verified against the moment it was dumped of."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..cluster import Cluster
from ..connection import Session, connect
from ..dsn import conninfo
from ..encoding import UNTRANSLATABLE
from ..errors import PgsopError, ServerError
from ..server_message import program_error
from ..session_options import PATIENT_TIMEOUT_S
from . import archive, database_properties, names, objects
from .archive import Contents, Data
from .config import BackupConfig
from .extension_grants import extension_grants
from .globals import required_roles
from .manifest import DatabaseDump
from .obstacles.find import find_obstacles
from .obstacles.report import hints, summary
from .obstacles.shared import find_shared
from .progress import Progress
from .snapshot import Relation, Snapshot, exported
from .tools import compression_arguments, environment, program, started

_OID = "SELECT oid FROM pg_database WHERE datname = current_database()"
_SIZE = "SELECT pg_database_size(%s::oid)"
_EXTENSIONS = "SELECT extname, extversion FROM pg_extension ORDER BY 1"
_TABLESPACE_OIDS = "SELECT DISTINCT reltablespace AS oid FROM pg_class"
_TABLESPACES = "SELECT spcname FROM pg_tablespace WHERE oid = ANY (%s::oid[]) AND spcname !~ '^pg_' ORDER BY 1"
_LARGE_OBJECTS = "SELECT count(*) FROM pg_largeobject_metadata"


@dataclass(frozen=True)
class Job:
    """The settings with which every database of a run is dumped.

    Attributes:
        config: the declared configuration.
        cluster: the cluster of the databases.
        folder: in which the set is made.
        compression: method and level, as in zstd:1.
        progress: gets each step.
    """

    config: BackupConfig
    cluster: Cluster
    folder: str
    compression: str
    progress: Progress


@dataclass
class Clock:
    """How long each step took, in seconds."""

    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.monotonic)

    def lap(self, step: str) -> None:
        """Note the end of a step: the seconds since the end of the step before."""
        now = time.monotonic()
        self.seconds[step] = round(now - self._since, 3)
        self._since = now


def dump_database(job: Job, database: str) -> DatabaseDump:
    """Dump a database into the folder of the job, and verify the dump against the counts in its snapshot.

    If a name or text of the database cannot be converted into UTF-8, the database is dumped again with texts as its bytes (`verbatim`).

    Raises:
        PgsopError: the database cannot be dumped, or the dump differs from the database.
    """
    try:
        return _dump(job, database, verbatim=False)
    except ServerError as error:
        if error.code not in UNTRANSLATABLE:
            raise
    return _dump(job, database, verbatim=True)


@dataclass
class _Reading:
    """The reads of a database while pg_dump is at work; on a small database they take as long as the dump.

    Attributes:
        session: in the snapshot.
        path: file for the descriptions.
        obstacles: what keeps the dump from being restored.
        described: descriptions of all objects.
    """

    session: Session
    path: str
    obstacles: list[dict[str, Any]] = field(default_factory=list)
    described: objects.Description = field(default_factory=dict)

    def __call__(self) -> list[dict[str, Any]]:
        self.described = objects.describe(self.session)
        objects.save(self.path, self.described)
        self.obstacles += [obstacle.as_dict() for obstacle in find_obstacles(self.session)]
        return self.obstacles


def _dump(job: Job, database: str, *, verbatim: bool) -> DatabaseDump:
    clock, started = Clock(), time.time()
    path = os.path.join(job.folder, names.dump_name(database))
    job.progress.step(f"{database}: looking at it")
    with exported(job.cluster, database, job.config.lock_wait_timeout_s, verbatim=verbatim) as snapshot:
        known = _inspect(job, snapshot.session, database)
        reading = _Reading(snapshot.session, os.path.join(job.folder, names.objects_name(database)))
        reading.obstacles += [obstacle.as_dict() for obstacle in known.pop("obstacles")]
        clock.lap("look")
        job.progress.step(f"{database}: dumping")
        _run_pg_dump(job, database, path, snapshot.name, reading)
        clock.lap("dump")
        job.progress.step(f"{database}: counting rows")
        contents = archive.contents(job.config, path)
        counted = _count(snapshot, contents)
        clock.lap("count")
    job.progress.step(f"{database}: verifying")
    sizes = {oid: relation.bytes for oid, relation in snapshot.relations.items()}
    decoded = archive.decode(job.config, path, contents.data, sizes)
    compared = _compare(database, contents, snapshot.relations, counted, decoded)
    clock.lap("decode")
    return DatabaseDump(
        name=database,
        dump=names.dump_name(database),
        format=job.config.format,
        compression=job.compression,
        dump_bytes=bytes_below(path),
        entries=contents.entries,
        objects=objects.counts(reading.described),
        snapshot=snapshot.name,
        verbatim=verbatim,
        started=names.iso(started),
        seconds=clock.seconds,
        description_form=objects.FORM,
        obstacles=tuple(reading.obstacles),
        **known,
        **compared,
    )


def bytes_below(path: str) -> int:
    """Return the bytes of a file, or of all files directly in a folder; 0 if neither exists."""
    if not os.path.isdir(path):
        return os.path.getsize(path) if os.path.exists(path) else 0
    with os.scandir(path) as found:
        return sum(entry.stat().st_size for entry in found)


def _inspect(job: Job, session: Session, database: str) -> dict[str, Any]:
    """All about the database that is not in its dump.

    What all databases share has names in no encoding but that of the session that reads them. A restore reads them in database postgres, too.
    """
    oid, spaces = session.value(_OID), [row["oid"] for row in session.rows(_TABLESPACE_OIDS)]
    with connect(job.cluster, timeout_s=PATIENT_TIMEOUT_S) as shared:
        found, needed = database_properties.read_shared(shared, oid), tuple(required_roles(shared, oid))
        known: dict[str, Any] = {
            "size_bytes": int(shared.value(_SIZE, [oid])),
            "roles": needed,
            "obstacles": find_shared(shared, database, found, needed),
            "tablespaces": tuple(item["spcname"] for item in shared.rows(_TABLESPACES, [spaces])),
        }
    extensions = {item["extname"]: item["extversion"] for item in session.rows(_EXTENSIONS)}
    return {
        **known,
        "properties": {**found, "public_owner": database_properties.public_owner(session)},
        "extensions": extensions,
        "extension_grants": extension_grants(session),
    }


def _run_pg_dump(
    job: Job, database: str, path: str, snapshot: str, meanwhile: Callable[[], Sequence[Mapping[str, Any]]] = tuple
) -> None:
    """Run pg_dump to its end; the function `meanwhile` reads the same snapshot, and returns the obstacles that it finds."""
    arguments = [program(job.config, "pg_dump"), f"--format={job.config.format}", f"--file={path}", "--no-password"]
    # Flushed together with everything else, when it is read for its checksum.
    arguments += ["--no-sync", f"--snapshot={snapshot}", f"--lock-wait-timeout={job.config.lock_wait_timeout_s}s"]
    arguments += compression_arguments(job.config, job.compression)
    if job.config.format == "directory":
        arguments.append(f"--jobs={job.config.jobs}")
    arguments.append(f"--dbname={conninfo(dbname=database)}")
    with started(arguments, environment=environment(job.cluster)) as running:
        found = meanwhile()
        answer = running.wait(
            lambda: job.progress.tick(f"{database}: dumping, {bytes_below(path) / 1e6:,.0f} MB written")
        )
    if answer.status != 0:
        # pg_dump itself refuses some obstacles, and does not name the object.
        known = f"; {summary(found)}" if found else ""
        removed = f"in database {database}: {hints(found)}; then " if found else ""
        raise PgsopError(
            attempted="dump the database",
            target=f"database {database}, cluster {job.cluster.label}",
            answer=(program_error(answer.errors, job.cluster.log_file) or f"pg_dump ended with status {answer.status}")
            + known,
            next_step=f"{removed}look at 'systemctl status {job.cluster.unit}', the end of {job.cluster.log_file} and 'df -h', then run it again",
        )


def _count(snapshot: Snapshot, contents: Contents) -> Data:
    """Return the counts that the dump must have. Of an extension's tables a dump has a part only, which is not counted."""
    tables = [entry.oid for entry in contents.data if entry.kind == archive.TABLE and entry.oid in snapshot.relations]
    rows = snapshot.count(oid for oid in tables if not snapshot.relations[oid].of_extension)
    return Data(rows, {}, int(snapshot.session.value(_LARGE_OBJECTS)))


def _compare(
    database: str, contents: Contents, relations: Mapping[int, Relation], counted: Data, decoded: Data
) -> dict[str, Any]:
    """Return the contents of the dump by name, if they are exactly as counted."""
    own = {oid: relation for oid, relation in relations.items() if not relation.of_extension}
    # pg_restore shows a name on one line.
    shown = database.replace("\n", " ").replace("\r", " ")
    wrong = [] if contents.database == shown else [f"it says that it is of database {contents.database}"]
    for oid, relation in own.items():
        if relation.kind == "r" and counted.rows.get(oid) != decoded.rows.get(oid, -1):
            found = decoded.rows.get(oid, "nothing")
            wrong.append(f"table {relation.name} has {counted.rows.get(oid)} rows, of which the dump has {found}")
        if relation.kind == "S" and relation.dumped_as not in decoded.sequences:
            wrong.append(f"sequence {relation.name} is not in the dump")
    if counted.large_objects != decoded.large_objects:
        wrong.append(f"{counted.large_objects} large objects, of which the dump has {decoded.large_objects}")
    if wrong:
        raise _differs(database, wrong)
    called = {relation.dumped_as: relation.name for relation in relations.values() if relation.kind == "S"}
    foreign = {oid: rows for oid, rows in decoded.rows.items() if oid not in own}
    return {
        "rows": {own[oid].name: rows for oid, rows in decoded.rows.items() if oid in own},
        "rows_of_extensions": {relations[oid].name if oid in relations else str(oid): n for oid, n in foreign.items()},
        "sequences": {called.get(name, name): value for name, value in decoded.sequences.items()},
        "large_objects": decoded.large_objects,
    }


def _differs(database: str, wrong: list[str]) -> PgsopError:
    return PgsopError(
        attempted="verify the dump",
        target=f"database {database}",
        answer="; ".join(wrong[:10]),
        next_step="run it again; where it is said once more, check the data with pg_amcheck and the disk with dmesg",
    )
