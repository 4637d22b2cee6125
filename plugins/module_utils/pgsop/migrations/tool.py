# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a migration tool is: by what it is recognised, and how its table and the sessions tell what became of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

RUNNING, FAILED, DIRTY, LOCKED, FINISHED, UNKNOWN = "running", "failed", "dirty", "locked", "finished", "unknown"

#: Types of pg_catalog by what they are for.
TYPES: Mapping[str, tuple[str, ...]] = {
    "text": ("varchar", "text", "bpchar"),
    "int": ("int2", "int4", "int8"),
    "bool": ("bool",),
    "time": ("timestamp", "timestamptz"),
    "bytes": ("bytea",),
}


@dataclass(frozen=True)
class Table:
    """A table by whose name and columns a tool may be known.

    Attributes:
        schema: where it is.
        name: its name.
        quoted: both, as they can be written in a statement.
        columns: type by column; of a text with a limit as in ``varchar(128)``, and ``?`` for types that are not the server's own.
    """

    oid: int
    schema: str
    name: str
    quoted: str
    columns: Mapping[str, str]

    def has(self, columns: Mapping[str, str]) -> bool:
        """Whether it has these columns, each of its kind (see TYPES)."""
        return all(self.columns.get(name, "").split("(")[0] in TYPES[kind] for name, kind in columns.items())


@dataclass(frozen=True)
class SessionEvidence:
    """What sessions of the database do that has to do with a tool.

    Attributes:
        holders: sessions that hold the tool's advisory lock, each as it is told.
        writers: sessions that hold a lock on its tables that is stronger than a reader's.
        builders: sessions that change definitions right now, or have in their open transaction.
        others: how many further sessions may be at work: active, in a transaction, or idle for a moment only.
        hidden: how many sessions may not be seen.
    """

    holders: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    builders: tuple[str, ...] = ()
    others: int = 0
    hidden: int = 0

    @property
    def certain(self) -> str:
        """Evidence that the tool is at work; empty where there is none."""
        if self.holders:
            return f"{self.holders[0]} holds its advisory lock"
        return f"{self.writers[0]} has written to its table in an open transaction" if self.writers else ""

    @property
    def likely(self) -> str:
        """Evidence that some tool is at work; empty where there is none."""
        return self.certain or (f"{self.builders[0]} changes definitions" if self.builders else "")


class Classification(NamedTuple):
    """What became of a run.

    Attributes:
        state: RUNNING, FAILED, DIRTY, LOCKED, FINISHED or UNKNOWN.
        detail: the reason, as a phrase.
        since_s: seconds since the run began, where the table tells.
        hint: what to do about it.
    """

    state: str
    reason: str
    since_s: float = -1.0
    hint: str = ""


Row = dict[str, Any]
#: By name of a table, what its query answered; a table that is not there is not in it.
Rows = Mapping[str, list[Row]]
Classifier = Callable[[Rows, SessionEvidence], Classification]
#: Of a database, a schema and a table: the keys of the tool's advisory locks.
Keys = Callable[[str, str, str], Sequence[int]]


@dataclass(frozen=True)
class Tool:
    """A migration tool.

    Attributes:
        name: how people call it.
        tables: names its table may have, the columns being the same.
        columns: columns by which it is recognised, with their kinds.
        classify: tells what became of a run.
        keys: of its advisory locks; none for tools without.
        companions: further tables of it, that may be beside, with their columns.
        queries: by table, what to read of it: a template with a place for the table's name; of a table without, nothing is read.
        fits: what else must be true of the table and the names of the tables beside it.
    """

    name: str
    tables: tuple[str, ...]
    columns: Mapping[str, str]
    classify: Classifier
    keys: Keys = lambda _database, _schema, _table: ()
    companions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)
    fits: Callable[[Table, Sequence[str]], bool] = lambda _table, _beside: True

    def recognises(self, table: Table, beside: Sequence[str]) -> bool:
        """Whether a table is this tool's.

        Args:
            table: the one in question.
            beside: names of tables in the same schema that some tool may have made.
        """
        return table.name in self.tables and table.has(self.columns) and self.fits(table, beside)


def by_sessions(why: str) -> Classifier:
    """The judgement of tools whose tables know no failure: at work where a session shows it, else unknown.

    Args:
        why: what the table does not tell, as a phrase.
    """

    def classify(_rows: Rows, evidence: SessionEvidence) -> Classification:
        return Classification(RUNNING, evidence.likely) if evidence.likely else Classification(UNKNOWN, why)

    return classify


def by_flag(evidence: SessionEvidence, since_s: float, who: str, hint: str) -> Classification:
    """The judgement of a flag in a table that says locked and survives whoever set it.

    Args:
        work: what sessions do.
        since_s: seconds since it was set, negative where that is not known.
        who: who set it, as a phrase.
        hint: how it is taken away.
    """
    if evidence.likely:
        return Classification(RUNNING, f"{who}; {evidence.likely}", since_s)
    if evidence.others or evidence.hidden:
        seen = (
            f"{evidence.others} sessions of the database may be it"
            if evidence.others
            else f"what {evidence.hidden} sessions do cannot be seen"
        )
        return Classification(LOCKED, f"{who}, and no session is known to be at work on it, but {seen}", since_s, hint)
    return Classification(
        FAILED, f"{who}, and no session is there that could be at work: the lock is left over", since_s, hint
    )
