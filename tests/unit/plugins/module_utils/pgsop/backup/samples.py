# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets to judge, in memory and on disk, and programs that play the server's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import checksums, manifest, names
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.manifest import DatabaseDump, Manifest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import StoredSet

#: 2026-11-22 00:00 UTC.
DAY_0 = 1_795_305_600.0
DAY_S = 86_400.0


@dataclass(frozen=True)
class HostConfig(BackupConfig):
    """A configuration whose programs are in a folder of the test's."""

    folder: str = ""

    @property
    def programs(self) -> str:
        return self.folder


def inside(folder: Path | str) -> list[str]:
    """Names in a folder."""
    return sorted(path.name for path in Path(folder).iterdir())


def script(path: Path, body: str) -> str:
    """A program."""
    path.write_text(f"#!{sys.executable}\nimport os, sys, time\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def at(day: float) -> str:
    """A moment, by days from the first."""
    return names.iso(DAY_0 + day * DAY_S)


#: What keeps a dump from being restored as a whole, as a manifest has it.
OBSTACLE = {
    "kind": "view",
    "name": "app.v",
    "message": "it names a role that does not exist",
    "hint": "DROP VIEW app.v",
}


def dump_of(name: str, **changes: Any) -> DatabaseDump:
    """A database of a set."""
    values: dict[str, Any] = {
        "name": name,
        "dump": names.dump_name(name),
        "format": "directory",
        "compression": "zstd:1",
        "size_bytes": 1000,
        "dump_bytes": 100,
        "entries": 3,
        "properties": {"owner": "app", "settings": [["search_path", "app"]]},
        "roles": ("app",),
        "extensions": {"plpgsql": "1.0"},
        "tablespaces": (),
        "rows": {'public."T"': 7},
        "rows_of_extensions": {},
        "sequences": {"public.s": (12, True)},
        "large_objects": 0,
        "objects": {"table": 1},
        "snapshot": "00000003-00000002-1",
        "started": at(0),
        "seconds": {"dump": 0.5},
    }
    return DatabaseDump(**{**values, **changes})


def manifest_of(serial: int, databases: Sequence[str | DatabaseDump] = ("appdb",), **changes: Any) -> Manifest:
    """What a set says of itself; by default it was made on the day that its serial says."""
    values: dict[str, Any] = {
        "name": names.set_name(DAY_0 + serial * DAY_S, ()),
        "serial": serial,
        "complete": True,
        "excluded": (),
        "host": "db1",
        "cluster": "17/main",
        "system_identifier": "7300000000000000000",
        "server_version": "17.6",
        "server_version_num": 170_006,
        "pg_dump_version": "pg_dump (PostgreSQL) 17.6",
        "pgsop_version": "0.3.0",
        "started": at(serial),
        "finished": at(serial),
        "databases": tuple(dump_of(item) if isinstance(item, str) else item for item in databases),
        "files": (),
    }
    return Manifest(**{**values, **changes})


def stored_of(
    serial: int, databases: Sequence[str | DatabaseDump] = ("appdb",), problems: Sequence[str] = (), **changes: Any
) -> StoredSet:
    """A set as the store knows it."""
    made = manifest_of(serial, databases, **changes)
    return StoredSet(made.name, f"/nowhere/{made.name}", made, tuple(problems))


def on_disk(directory: Path, serial: int, databases: Sequence[str | DatabaseDump] = ("appdb",), **changes: Any) -> Path:
    """A verified set, with a file for each database."""
    made = manifest_of(serial, databases, **changes)
    folder = directory / made.name
    for name in (dump.name for dump in made.databases):
        (folder / names.dump_name(name)).mkdir(parents=True)
        (folder / names.dump_name(name) / "toc.dat").write_bytes(f"dump of {name}".encode())
    values = {**vars(made), "files": checksums.take(str(folder), flush=False)}
    (folder / names.CHECKSUMS).write_text(checksums.checksums_text(values["files"]), encoding="utf-8")
    (folder / names.MANIFEST).write_text(manifest.to_text(Manifest(**values)), encoding="utf-8")
    return folder


def corrupt(folder: Path) -> None:
    """A disk loses bytes without telling: no time of any file changes, but they are not those that were noted."""
    made = manifest.read(str(folder))
    files = tuple(replace(file, sha256="0" * 64) for file in made.files)
    manifest.write(str(folder), replace(made, files=files))


_HOLD = """
import fcntl, os, sys, time
descriptor = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(descriptor, fcntl.LOCK_SH if sys.argv[2] == "shared" else fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


@contextmanager
def held(path: Path | str, how: str = "alone") -> Iterator[subprocess.Popen[str]]:
    """Another process holds a lock on a file or folder; it is killed, never asked."""
    process = subprocess.Popen([sys.executable, "-c", _HOLD, str(path), how], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()
