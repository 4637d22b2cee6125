# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contents of a dump: its table of contents, and its data, decoded in full and counted."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO

from .. import command
from ..errors import PgsopError
from ..server_message import program_error
from .config import BackupConfig
from .row_counter import Counter, Decoded
from .tools import end, pipe, program, tied

#: Decoders at the same time: the data of one dump is dealt out to them.
_DECODERS = 2
_CHUNK = 1 << 20
#: fcntl(2), F_SETPIPE_SZ; Python has a name for it from 3.10 on.
_SET_PIPE_SIZE = 1031
#: How much of what pg_restore complains about is kept.
_COMPLAINTS = 4000

#: An entry has the catalogue's and the object's OID; data has no catalogue, which distinguishes it from a table in a schema called DATA.
_ENTRY = re.compile(r"\d+; (?P<catalogue>\d+) (?P<oid>\d+) (?P<rest>.*)")
#: Kinds of entries that hold data.
TABLE, SEQUENCE, LARGE_OBJECTS = "TABLE DATA", "SEQUENCE SET", "BLOBS"


@dataclass(frozen=True)
class ArchiveEntry:
    """Data in a dump: of a table, of a sequence, or large objects.

    Attributes:
        kind: TABLE DATA, SEQUENCE SET or BLOBS.
        oid: of the table; the other kinds do not have one.
        line: as pg_restore lists it, and takes it back with --use-list.
    """

    kind: str
    oid: int
    line: str


@dataclass(frozen=True)
class Contents:
    """Table of contents of a dump.

    Attributes:
        database: name of the database it is of.
        entries: number of all entries.
        data: those that hold data.
    """

    database: str
    entries: int
    data: tuple[ArchiveEntry, ...]


@dataclass(frozen=True)
class Data:
    """The data of a dump, as it was decoded.

    Attributes:
        rows: number of rows by OID of the table.
        sequences: by name, with its schema and quoted if needed: the last value, and whether it was used.
        large_objects: number of large objects.
    """

    rows: Mapping[int, int]
    sequences: Mapping[str, tuple[int, bool]]
    large_objects: int


def contents(config: BackupConfig, dump: str) -> Contents:
    """Return the table of contents of a dump, from the output of pg_restore --list.

    Raises:
        PgsopError: pg_restore cannot read the dump, or the dump has no entries.
    """
    answer = command.run([program(config, "pg_restore"), "--list", dump], timeout=3600, undecodable="surrogateescape")
    # Nothing but a line feed ends a line; names may hold other characters that Python takes for the end of one.
    lines = answer.output.split("\n")
    header = dict(line[1:].lstrip().split(": ", maxsplit=1) for line in lines if line.startswith(";") and ": " in line)
    entries = int(header.get("TOC Entries", "0"))
    if answer.status != 0 or entries == 0:
        raise _broken(
            dump, program_error(answer.errors) or "it has no entries", "read the table of contents of the dump"
        )
    every = [found for found in map(_ENTRY.fullmatch, lines) if found]
    kinds = ((found, _kind(found)) for found in every)
    data = tuple(ArchiveEntry(kind, int(found["oid"]), found.string) for found, kind in kinds if kind)
    return Contents(header.get("dbname", ""), entries, data)


def decode(config: BackupConfig, dump: str, data: Sequence[ArchiveEntry], sizes: Mapping[int, int]) -> Data:
    """Decode all data of a dump, and return the counts.

    Args:
        config: with the major version of pg_restore.
        dump: file or folder.
        data: entries to decode.
        sizes: bytes by OID of the table, so that both decoders get equal shares.

    Raises:
        PgsopError: a part of the dump cannot be decoded, or has another number of tables or sequences than it lists.
    """
    schema = command.run([program(config, "pg_restore"), "--schema-only", "--file=/dev/null", dump], timeout=3600)
    if schema.status != 0:
        raise _broken(dump, _said(schema.errors, schema.status), "decode the definitions in the dump")
    with contextlib.ExitStack() as stack:
        decoders = [stack.enter_context(_decoder(config, dump, share)) for share in _shares(data, sizes) if share]
        with ThreadPoolExecutor(_DECODERS) as readers:
            try:
                found = list(readers.map(_count, decoders))
            except BaseException:
                for decoder in decoders:
                    end(decoder.process)
                raise
    return Data(
        rows={
            oid: rows
            for decoder, part in zip(decoders, found, strict=False)
            for oid, rows in _dealt(decoder, part).items()
        },
        sequences={name: value for part in found for name, value in part.sequences.items()},
        large_objects=sum(part.large_objects for part in found),
    )


def _kind(found: re.Match[str]) -> str | None:
    if found["catalogue"] != "0":
        return None
    return next((kind for kind in (TABLE, SEQUENCE, LARGE_OBJECTS) if found["rest"].startswith(f"{kind} ")), None)


def _shares(data: Sequence[ArchiveEntry], sizes: Mapping[int, int]) -> list[list[ArchiveEntry]]:
    """Return the entries of each decoder: the largest first, each to the decoder with the fewest bytes so far."""
    shares: list[list[ArchiveEntry]] = [[] for _decoder in range(_DECODERS)]
    totals = [0] * _DECODERS
    for entry in sorted(data, key=lambda entry: -sizes.get(entry.oid, 0)):
        least = totals.index(min(totals))
        shares[least].append(entry)
        totals[least] += sizes.get(entry.oid, 0) + 1
    return shares


@dataclass(frozen=True)
class _Decoder:
    """pg_restore at work on a share of the data."""

    dump: str
    share: Sequence[ArchiveEntry]
    process: subprocess.Popen[bytes]
    complaints: IO[bytes]


@contextlib.contextmanager
def _decoder(config: BackupConfig, dump: str, share: Sequence[ArchiveEntry]) -> Iterator[_Decoder]:
    with tempfile.TemporaryFile() as complaints, tempfile.NamedTemporaryFile() as listed:
        listed.write("".join(f"{entry.line}\n" for entry in share).encode("utf-8", "surrogateescape"))
        listed.flush()
        process = subprocess.Popen(
            tied([program(config, "pg_restore"), "--data-only", f"--use-list={listed.name}", "--file=-", dump]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        with contextlib.suppress(OSError):
            # Fewer turns for the reader: a quarter of the time at best, nothing where the kernel does not allow it.
            fcntl.fcntl(pipe(process.stdout), _SET_PIPE_SIZE, _CHUNK)
        try:
            yield _Decoder(dump, share, process, complaints)
        finally:
            end(process)


def _count(decoder: _Decoder) -> Decoded:
    counter, stream = Counter(), pipe(decoder.process.stdout).fileno()
    while True:
        piece = os.read(stream, _CHUNK)
        if not piece:
            break
        counter.feed(piece)
    if decoder.process.wait() != 0:
        decoder.complaints.seek(0)
        errors = decoder.complaints.read(_COMPLAINTS).decode("utf-8", "replace")
        raise _broken(decoder.dump, _said(errors, decoder.process.returncode), "decode the dump")
    return counter.found


def _said(errors: str, status: int) -> str:
    return program_error(errors) or f"pg_restore ended with status {status}"


def _dealt(decoder: _Decoder, found: Decoded) -> dict[int, int]:
    """Rows by table: data comes in the order in which it was asked for."""
    tables = [entry.oid for entry in decoder.share if entry.kind == TABLE]
    sequences = sum(entry.kind == SEQUENCE for entry in decoder.share)
    if (len(tables), sequences) != (len(found.rows), len(found.sequences)):
        answer = (
            f"it lists {len(tables)} tables and {sequences} sequences,"
            f" and has the data of {len(found.rows)} and {len(found.sequences)}"
        )
        raise _broken(decoder.dump, answer, "decode the dump")
    return dict(zip(tables, found.rows, strict=False))


def _broken(dump: str, answer: str, attempted: str) -> PgsopError:
    return PgsopError(
        attempted=attempted,
        target=dump,
        answer=answer,
        next_step="look at the disk ('df -h', 'dmesg') and at the server's log, then run the backup again",
    )
