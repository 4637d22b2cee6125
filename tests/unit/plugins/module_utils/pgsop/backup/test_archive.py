# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a dump lists and what it holds is compared, and nothing that cannot be decoded passes. A script plays pg_restore."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import archive
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.archive import ArchiveEntry
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    HostConfig,
    script,
)

PG_RESTORE = """
options, dump = sys.argv[1:-1], sys.argv[-1]
def show(name):
    sys.stdout.buffer.write(open(os.path.join(dump, name), "rb").read())
if "--list" in options:
    show("list")
elif "--schema-only" in options:
    sys.exit(os.path.exists(os.path.join(dump, "no-schema")) and "error: cannot read the schema")
else:
    (listed,) = [option.partition("=")[2] for option in options if option.startswith("--use-list=")]
    for line in open(listed, encoding="utf-8", newline=chr(10)):
        show(line.split(";")[0])
    sys.stdout.flush()
    if os.path.exists(os.path.join(dump, "broken")):
        sys.exit("pg_restore: error: could not uncompress data: (null)")
"""

LIST = """;
; Archive created at 2026-11-22 21:33:02 UTC
;     dbname: {name}
;     TOC Entries: 17
;     Format: DIRECTORY
;
; Selected TOC Entries:
;
216; 1259 16392 TABLE public T nobody
217; 1259 16395 SEQUENCE public s nobody
300; 1259 16400 TABLE DATA t nobody
301; 2604 16389 DEFAULT public t id nobody
3349; 2613 16396 BLOB - 16396 nobody
3347; 0 16392 TABLE DATA public T\r\x0b nobody
3346; 0 16386 TABLE DATA public t nobody
3348; 0 16387 TABLE DATA public u nobody
3359; 0 0 SEQUENCE SET public s nobody
3358; 0 0 SEQUENCE OWNED BY public s nobody
3351; 0 0 BLOBS - BLOBS
3352; 0 0 BLOBS - 16397..16398 nobody
3360; 0 16399 MATERIALIZED VIEW DATA public m nobody
"""


def rows(count: int) -> bytes:
    return b"COPY public.t (a) FROM stdin;\n" + b"1\n" * count + b"\\.\n\n"


PARTS: Mapping[str, bytes] = {
    "3347": rows(3),
    "3346": rows(0),
    "3348": rows(5),
    "3359": b"SELECT pg_catalog.setval('public.s', 12, true);\n",
    "3351": b"SELECT pg_catalog.lo_open('16396', 131072);\n",
    "3352": b"SELECT pg_catalog.lo_open('16397', 131072);\n" * 2,
}


@pytest.fixture
def config(tmp_path: Path) -> BackupConfig:
    (tmp_path / "bin").mkdir()
    script(tmp_path / "bin" / "pg_restore", PG_RESTORE)
    return HostConfig(version=17, folder=str(tmp_path / "bin"))


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "appdb.dump"
    folder.mkdir()
    (folder / "list").write_bytes(LIST.format(name="appdb").encode())
    for name, content in PARTS.items():
        (folder / name).write_bytes(content)
    return folder


def decoded(config: BackupConfig, dump: Path, **sizes: int) -> archive.Data:
    found = archive.contents(config, str(dump))
    return archive.decode(config, str(dump), found.data, {int(oid[1:]): size for oid, size in sizes.items()})


def test_contents_tell_data_from_what_is_called_so(config: BackupConfig, dump: Path) -> None:
    found = archive.contents(config, str(dump))
    assert (found.database, found.entries) == ("appdb", 17)
    assert [(entry.kind, entry.oid, entry.line.split(";")[0]) for entry in found.data] == [
        ("TABLE DATA", 16392, "3347"),
        ("TABLE DATA", 16386, "3346"),
        ("TABLE DATA", 16387, "3348"),
        ("SEQUENCE SET", 0, "3359"),
        ("BLOBS", 0, "3351"),
        ("BLOBS", 0, "3352"),
    ]


@pytest.mark.parametrize("name", ["a", " a", "a ", "a: b", ": ", "; TOC Entries: 0", "\u6570"])
def test_name_of_the_database_is_read_as_it_is(config: BackupConfig, dump: Path, name: str) -> None:
    (dump / "list").write_bytes(LIST.format(name=name).encode())
    assert archive.contents(config, str(dump)).database == name


@pytest.mark.parametrize("listed", ["", ";\n; nothing\n", ";     TOC Entries: 0\n"])
def test_dump_without_entries_is_none(config: BackupConfig, dump: Path, listed: str) -> None:
    (dump / "list").write_text(listed, encoding="utf-8")
    with pytest.raises(PgsopError, match="Cannot read the table of contents of the dump"):
        archive.contents(config, str(dump))


def test_what_is_no_dump_is_told(config: BackupConfig, tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match=r"Cannot read the table of contents.*No such file"):
        archive.contents(config, str(tmp_path / "none.dump"))


@pytest.mark.parametrize("sizes", [{}, {"_16392": 9}, {"_16387": 9}, {"_16386": 9, "_16387": 9}])
def test_everything_is_counted_whoever_decodes_it(config: BackupConfig, dump: Path, sizes: dict[str, int]) -> None:
    found = decoded(config, dump, **sizes)
    assert found.rows == {16392: 3, 16386: 0, 16387: 5}
    assert found.sequences == {"public.s": (12, True)}
    assert found.large_objects == 3


def test_nothing_to_decode(config: BackupConfig, dump: Path) -> None:
    assert archive.decode(config, str(dump), [], {}) == archive.Data({}, {}, 0)


def test_dump_that_cannot_be_decoded_is_refused(config: BackupConfig, dump: Path) -> None:
    (dump / "broken").touch()
    with pytest.raises(PgsopError, match=r"Cannot decode the dump.*could not uncompress data"):
        decoded(config, dump)


def test_dump_whose_definitions_cannot_be_decoded_is_refused(config: BackupConfig, dump: Path) -> None:
    (dump / "no-schema").touch()
    with pytest.raises(PgsopError, match=r"Cannot decode the definitions in the dump.*cannot read the schema"):
        decoded(config, dump)


@pytest.mark.parametrize("part", ["3346", "3359"])
def test_dump_that_lists_more_than_it_holds_is_refused(config: BackupConfig, dump: Path, part: str) -> None:
    (dump / part).write_bytes(b"")
    with pytest.raises(PgsopError, match=r"it lists . tables and . sequences, and has the data of"):
        decoded(config, dump)


def test_decoders_get_equal_shares() -> None:
    entries = [ArchiveEntry("TABLE DATA", oid, str(oid)) for oid in range(1, 6)]
    shares = archive._shares(entries, {1: 100, 2: 60, 3: 50, 4: 0})
    assert [[entry.oid for entry in share] for share in shares] == [[1, 4], [2, 3, 5]] or sorted(
        sum({1: 100, 2: 60, 3: 50}.get(entry.oid, 0) for entry in share) for share in shares
    ) == [100, 110]
    assert sorted(entry.oid for share in shares for entry in share) == [1, 2, 3, 4, 5]
