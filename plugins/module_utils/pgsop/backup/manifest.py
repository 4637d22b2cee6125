# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifest of a set: one JSON file that is checked against its own digest before it is used."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import PgsopError
from ..files import FileMode, group_name, user_name, write_atomically
from ..json_text import to_json
from . import names

#: Version of the manifest's form. Readers refuse another one instead of guessing.
FORM = 1


@dataclass(frozen=True)
class StoredFile:
    """One file of a set.

    Attributes:
        path: relative to the set.
        bytes: its size.
        sha256: digest of its content.
        changed_ns: when it last became what it is (ctime), in nanoseconds since the epoch: a file that was touched since is read again.
    """

    path: str
    bytes: int
    sha256: str
    changed_ns: int = 0


@dataclass(frozen=True)
class DatabaseDump:
    """One database of a set, as it was in the snapshot of its dump.

    Attributes:
        name: of the database.
        dump: file or folder of the dump, relative to the set.
        format: directory or custom.
        compression: method and level, as in zstd:1.
        size_bytes: pg_database_size() when it was dumped.
        dump_bytes: bytes of the dump.
        entries: entries in the archive's table of contents.
        properties: for CREATE DATABASE, ALTER DATABASE and GRANT ... ON DATABASE; see database_properties.py.
        roles: roles that the database depends on: owners, grantees, policies, settings.
        extensions: installed versions by name.
        tablespaces: tablespaces besides the default ones in which it has something.
        rows: exact number of rows by table, counted in the snapshot and again in the decoded dump.
        rows_of_extensions: rows in the dump of tables that belong to extensions, which dump a part of them only.
        sequences: last value and whether it was used, as in the dump.
        large_objects: number of large objects.
        objects: number of objects by kind; each of them is described in the file objects_name().
        snapshot: name of the exported snapshot.
        started: ISO 8601 in UTC.
        seconds: duration by step.
        description_form: how the descriptions in objects_name() were computed; sets of 0.4.0 do not have it, and their form is 1.
        verbatim: whether names and descriptions are the bytes of the database, because the server cannot convert all of them into UTF-8.
        extension_grants: statements for privileges that the script of an extension granted on objects of no extension; no dump has them.
        obstacles: why the dump cannot be restored as a whole, known when it was made; see obstacles/obstacle.py.
    """

    name: str
    dump: str
    format: str
    compression: str
    size_bytes: int
    dump_bytes: int
    entries: int
    properties: Mapping[str, Any]
    roles: tuple[str, ...]
    extensions: Mapping[str, str]
    tablespaces: tuple[str, ...]
    rows: Mapping[str, int]
    rows_of_extensions: Mapping[str, int]
    sequences: Mapping[str, tuple[int, bool]]
    large_objects: int
    objects: Mapping[str, int]
    snapshot: str
    started: str
    seconds: Mapping[str, float]
    description_form: int = 1
    verbatim: bool = False
    obstacles: tuple[Mapping[str, Any], ...] = ()
    extension_grants: tuple[str, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """A set.

    Attributes:
        name: of the set.
        serial: higher than that of every set before it; the order of sets does not depend on the clock.
        complete: whether it holds every database that the configuration does not exclude.
        excluded: databases left out by the configuration.
        host, cluster, system_identifier: its origin.
        server_version, server_version_num: as the server shows these settings.
        pg_dump_version, pgsop_version: of the programs that made it.
        started, finished: ISO 8601 in UTC.
        databases: their dumps.
        files: every file of the set but this one and the checksums.
        plain_files: files as they were before encryption; empty if the set is not encrypted.
        encryption: tool and recipients; None if the set is not encrypted.
        seconds: duration by step.
        copies: successful runs of the copy command; if empty, the set is on one disk only.
        drills: drills of it, successful or not.
        damage: damage that was found later; a set with damage is not verified any more.
    """

    name: str
    serial: int
    complete: bool
    excluded: tuple[str, ...]
    host: str
    cluster: str
    system_identifier: str
    server_version: str
    server_version_num: int
    pg_dump_version: str
    pgsop_version: str
    started: str
    finished: str
    databases: tuple[DatabaseDump, ...]
    files: tuple[StoredFile, ...]
    plain_files: tuple[StoredFile, ...] = ()
    encryption: Mapping[str, Any] | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    copies: tuple[Mapping[str, Any], ...] = ()
    drills: tuple[Mapping[str, Any], ...] = ()
    damage: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """Return the bytes of the set on disk, without its manifest and checksums."""
        return sum(file.bytes for file in self.files)

    def database(self, name: str) -> DatabaseDump | None:
        """Return the dump of a database; None if the set does not have it."""
        return next((dump for dump in self.databases if dump.name == name), None)


def to_text(manifest: Manifest) -> str:
    """Return the text of a manifest's file, with its digest."""
    body: dict[str, Any] = {"form": FORM, **dataclasses.asdict(manifest)}
    body["digest"] = _digest(body)
    return to_json(body, indent=1) + "\n"


def from_text(text: str) -> Manifest:
    """Return the manifest from the text of its file.

    Raises:
        ValueError: the text is not JSON, has another form than FORM, or does not fit its digest.
        TypeError, KeyError: the digest is right, and the fields are not those of a manifest.
    """
    body = json.loads(text)
    form = body.get("form") if isinstance(body, dict) else None
    if form != FORM:
        raise ValueError(f"its form is {form}, and this pgsop reads form {FORM}")
    if body.pop("digest", None) != _digest(body):
        raise ValueError("its content does not fit its digest, so somebody or something altered it")
    del body["form"]
    databases = tuple(_dump(entry) for entry in body.pop("databases"))
    files = tuple(StoredFile(**entry) for entry in body.pop("files"))
    plain_files = tuple(StoredFile(**entry) for entry in body.pop("plain_files"))
    return Manifest(databases=databases, files=files, plain_files=plain_files, **_tuples(body))


def read(folder: str) -> Manifest:
    """Return the manifest of a set.

    Raises:
        ValueError, TypeError, KeyError: as from_text raises them.
        OSError: the file cannot be read.
    """
    with open(os.path.join(folder, names.MANIFEST), encoding="utf-8") as handle:
        return from_text(handle.read())


def write(folder: str, manifest: Manifest) -> None:
    """Write the manifest of a set, flushed to disk, with the folder's owner and mode 0600.

    If that fails, an older manifest stays as it is.

    Raises:
        PgsopError: it cannot be written.
    """
    try:
        status = os.stat(folder)
    except OSError as error:
        raise PgsopError(
            attempted="write the manifest",
            target=folder,
            answer=error.strerror or str(error),
            next_step="look whether somebody removed the set",
        ) from error
    mode = FileMode(user_name(status.st_uid), group_name(status.st_gid), 0o600)
    write_atomically(os.path.join(folder, names.MANIFEST), to_text(manifest), mode)


def _dump(entry: Mapping[str, Any]) -> DatabaseDump:
    sequences = {name: (last, used) for name, (last, used) in entry["sequences"].items()}
    return DatabaseDump(**{**_tuples(entry), "sequences": sequences})


def _digest(body: Mapping[str, Any]) -> str:
    # Through JSON and back, so that what was a tuple or a list is the same.
    return hashlib.sha256(
        json.dumps(body, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ).hexdigest()


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return lists as tuples: JSON has lists only, and a manifest does not change."""
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
