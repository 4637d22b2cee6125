# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of contents of a dump as pg_restore lists it and takes it back: all of it, or the entries of one pass."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from .. import command
from ..backup.config import BackupConfig
from ..backup.tools import program
from ..encoding import as_bytes, text_of
from ..errors import PgsopError

#: Identifier of the entry, OIDs of catalog and object, then kind, schema, name and owner.
_LINE = re.compile(r"(?P<identifier>\d+); (?P<catalog>\d+) (?P<oid>\d+) (?P<text>.*)")
#: Privileges come last in a restore: until then a superuser's objects are built with the rights of their owners.
_PRIVILEGES = ("ACL ", "DEFAULT ACL ")
#: A part of a name with its schema, as quote_ident() writes it.
_PART = re.compile(r'"((?:[^"]|"")*)"|[^."]+')
#: Kinds of entries, as far as they are of more than one word, and how objects of that kind are called.
_KINDS = {
    "CHECK CONSTRAINT": "constraint",
    "CONSTRAINT": "constraint",
    "FK CONSTRAINT": "constraint",
    "DEFAULT ACL": "default privileges",
    "ACL": "privileges",
    "EVENT TRIGGER": "event trigger",
    "FOREIGN DATA WRAPPER": "foreign data wrapper",
    "FOREIGN TABLE": "foreign table",
    "INDEX ATTACH": "index attach",
    "MATERIALIZED VIEW DATA": "materialized view data",
    "MATERIALIZED VIEW": "materialized view",
    "OPERATOR CLASS": "operator class",
    "OPERATOR FAMILY": "operator family",
    "PROCEDURAL LANGUAGE": "language",
    "PUBLICATION TABLE": "publication table",
    "ROW SECURITY": "row security",
    "SECURITY LABEL": "security label",
    "SEQUENCE OWNED BY": "sequence owned by",
    "SEQUENCE SET": "sequence set",
    "TABLE ATTACH": "table attach",
    "TABLE DATA": "table data",
    "TEXT SEARCH CONFIGURATION": "text search configuration",
    "TEXT SEARCH DICTIONARY": "text search dictionary",
    "USER MAPPING": "user mapping",
}
#: Kinds with names that begin with the name of their table.
_OF_TABLES = frozenset({"constraint", "default", "policy", "rule", "trigger"})
_SUBSCRIPTION = re.compile(r"SUBSCRIPTION - (?P<name>.+) \S+")


@dataclass(frozen=True)
class TocEntry:
    """One entry of a dump.

    Attributes:
        identifier: its number in the archive.
        text: kind, schema, name and owner, with single spaces between them.
        line: as pg_restore lists it.
    """

    identifier: int
    text: str
    line: str


def read(config: BackupConfig, path: str, section: str = "", *, encoding: str = "UTF8") -> list[TocEntry]:
    """Return all entries of a dump, in the order in which a restore goes through them.

    Args:
        config: with the major version of pg_restore.
        path: file or folder of the dump.
        section: pre-data, data or post-data; all of them if it is empty.
        encoding: of the database, and so of the names in the dump, as PostgreSQL calls it.

    Raises:
        PgsopError: pg_restore cannot read the dump.
    """
    arguments = [program(config, "pg_restore"), "--list", *([f"--section={section}"] if section else []), path]
    answer = command.run(arguments, timeout=3600, undecodable="surrogateescape")
    if answer.status != 0:
        raise PgsopError(
            attempted="read the table of contents of the dump",
            target=path,
            answer=answer.text or f"pg_restore ended with status {answer.status}",
            next_step="check the set with 'pgsop backups --verify', and choose another one",
        )
    # A line feed ends a line, and no other character that Python takes for the end of one.
    lines = text_of(as_bytes(answer.output), encoding).split("\n")
    found = map(_LINE.fullmatch, lines)
    return [TocEntry(int(match["identifier"]), match["text"], match.string) for match in found if match]


@contextlib.contextmanager
def use_list(entries: Iterable[TocEntry]) -> Iterator[str]:
    """Yield the path of a file with the entries, for pg_restore --use-list; it is removed after the block."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", errors="surrogateescape") as listed:
        listed.write("".join(f"{entry.line}\n" for entry in entries))
        listed.flush()
        yield listed.name


def is_privilege(entry: TocEntry) -> bool:
    """Return whether it grants or revokes privileges."""
    return entry.text.startswith(_PRIVILEGES)


def data_of(entries: Iterable[TocEntry], tables: Mapping[str, int]) -> list[TocEntry]:
    """Return the entries with the data of tables.

    Args:
        entries: to choose from.
        tables: their names with schema, quoted if needed; the values do not count.
    """
    beginnings: set[str] = {f"TABLE DATA {shown(name)} " for name in tables}
    return [entry for entry in entries if any(entry.text.startswith(beginning) for beginning in beginnings)]


def kind_and_name(entry: TocEntry) -> tuple[str, str]:
    """Return kind (in small letters) and name (with its schema) of an entry's object, as far as a line without quotes shows it."""
    kind = next((kind for kind in sorted(_KINDS, key=len, reverse=True) if entry.text.startswith(f"{kind} ")), "")
    rest = entry.text[len(kind) + 1 :] if kind else entry.text.partition(" ")[2]
    kind = _KINDS.get(kind) or entry.text.partition(" ")[0].lower()
    # The last word is the owner; entries without one end with a space.
    schema, _space, name = rest.rpartition(" ")[0].partition(" ")
    if kind in _OF_TABLES:
        name = name.replace(" ", ".", 1)
    return kind, name if schema == "-" else f"{schema}.{name}"


def shown(name: str) -> str:
    """Return a qualified name, quoted if needed, as the table of contents has it: without quotes, on one line."""
    parts = (found.group() if found[1] is None else found[1].replace('""', '"') for found in _PART.finditer(name))
    return " ".join(parts).replace("\n", " ").replace("\r", " ")


def subscriptions(entries: Iterable[TocEntry]) -> list[str]:
    """Return the names of the subscriptions in a dump."""
    return [found["name"] for found in (_SUBSCRIPTION.fullmatch(entry.text) for entry in entries) if found]
