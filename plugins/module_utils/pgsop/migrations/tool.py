# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration tools: how one is recognised, and how its table and the sessions show the state of its last run."""

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
    """A table that may belong to a tool, by its name and columns.

    Attributes:
        oid: its OID.
        schema: unquoted.
        name: unquoted.
        quoted: both, as written in a statement.
        columns: type by column; a text with a limit as in ``varchar(128)``, and ``?`` for types outside of pg_catalog.
    """

    oid: int
    schema: str
    name: str
    quoted: str
    columns: Mapping[str, str]

    def has(self, columns: Mapping[str, str]) -> bool:
        """Return whether the table has these columns, each of its kind (see ``TYPES``)."""
        return all(self.columns.get(name, "").split("(")[0] in TYPES[kind] for name, kind in columns.items())


@dataclass(frozen=True)
class SessionEvidence:
    """Signs of a tool at work in the sessions of a database; sessions are as :func:`named` in state.py writes them.

    Attributes:
        holders: sessions that hold the tool's advisory lock.
        writers: sessions that hold a lock on its tables that is stronger than a reader's.
        builders: sessions that change definitions right now, or have in their open transaction.
        others: number of further sessions that may be at work: active, in a transaction, or idle for a moment only.
        hidden: number of further sessions with hidden details.
    """

    holders: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    builders: tuple[str, ...] = ()
    others: int = 0
    hidden: int = 0

    @property
    def certain(self) -> str:
        """Return the evidence that the tool is at work (advisory lock, writes to its table); empty without any."""
        if self.holders:
            return f"{self.holders[0]} holds its advisory lock"
        return f"{self.writers[0]} has written to its table in an open transaction" if self.writers else ""

    @property
    def likely(self) -> str:
        """Return the evidence that some tool is at work (also changes of definitions); empty without any."""
        return self.certain or (f"{self.builders[0]} changes definitions" if self.builders else "")


class Classification(NamedTuple):
    """State of a run.

    Attributes:
        state: RUNNING, FAILED, DIRTY, LOCKED, FINISHED or UNKNOWN.
        reason: of this state, as a phrase.
        since_s: seconds since the run began; negative if unknown.
        hint: the next step; empty if no step is needed.
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
        name: its usual name.
        tables: names that its table may have, with the same columns.
        columns: columns by which it is recognised, with their kinds (see ``TYPES``).
        classify: returns the state of a run from the rows of its tables and the evidence of sessions.
        keys: returns the keys of its advisory locks; empty for tools without.
        companions: its further tables, which may be in the same schema, with their columns.
        queries: table -> query, a template with a place for the table's name; a table without query is not read.
        fits: further condition on the table and the names of the tables in its schema.
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
        """Return whether a table is this tool's.

        Args:
            table: the one in question.
            beside: names of tables in the same schema that some tool may have created.
        """
        return table.name in self.tables and table.has(self.columns) and self.fits(table, beside)


def by_sessions(why: str = "its table holds only what was applied") -> Classifier:
    """Return the classifier of tools with tables that record no failure: running if a session shows it, else unknown.

    Args:
        why: the information that the table lacks, as a phrase.
    """

    def classify(_rows: Rows, evidence: SessionEvidence) -> Classification:
        return Classification(RUNNING, evidence.likely) if evidence.likely else Classification(UNKNOWN, why)

    return classify


def by_flag(evidence: SessionEvidence, since_s: float, who: str, hint: str) -> Classification:
    """Return the state of a run by a lock flag in a table, which stays if the process that set it ends.

    It is running if sessions show it, locked if a session may be at work or is hidden, else failed.

    Args:
        evidence: of the sessions.
        since_s: seconds since it was set; negative if unknown.
        who: the one who set it, as a phrase.
        hint: the command that removes it.
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
