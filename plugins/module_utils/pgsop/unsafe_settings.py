# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that put data at risk: one list, for health and for what role pg_hardening manages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from .connection import Session
from .sql import quote_identifier

#: By setting: the value that is a risk, and what then happens. Every major version from 13 on has all of them.
#: synchronous_commit and wal_level are not among them: they lose no consistency, and some hosts have a reason for them.
UNSAFE = {
    "fsync": (False, "a crash of the host destroys the cluster"),
    "full_page_writes": (False, "a crash of the host can destroy pages"),
    "autovacuum": (False, "tables grow and statistics go stale"),
    "track_counts": (False, "autovacuum does not know what changes"),
    "zero_damaged_pages": (True, "damaged pages are emptied without a word"),
    "ignore_checksum_failure": (True, "damaged pages are read as if they were sound"),
    "ignore_invalid_pages": (True, "a recovery skips changes of pages that it does not find"),
    "data_sync_retry": (True, "data that a failed fsync has lost is taken for written"),
    "allow_system_table_mods": (True, "a statement can destroy the system catalog"),
}

_STORED = """
SELECT split_part(c.entry, '=', 1) AS name, substr(c.entry, strpos(c.entry, '=') + 1) AS value, d.datname::text AS database,
       r.rolname::text AS role
  FROM pg_catalog.pg_db_role_setting s
 CROSS JOIN unnest(s.setconfig) AS c(entry)
  LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
  LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
 WHERE split_part(c.entry, '=', 1) = ANY (%s)
 ORDER BY 1, 3, 4
"""


class OverrideReport(TypedDict):
    """A value of a role or a database that is a risk and takes precedence over the settings of the server.

    Attributes:
        role: empty for all roles.
        database: empty for all databases.
        statement: resets the value.
    """

    name: str
    value: str
    role: str
    database: str
    message: str
    statement: str


@dataclass(frozen=True)
class Override:
    """A value that is a risk and applies to some sessions, whatever the server's files contain.

    Attributes:
        name: the setting.
        value: as it is stored, for example on or true.
        role: whose sessions; empty for all roles.
        database: sessions in which database; empty for all databases.
    """

    name: str
    value: str
    role: str
    database: str

    @property
    def message(self) -> str:
        """Setting, value, sessions and consequence."""
        whom = [f"role {self.role}"] if self.role else []
        whom += [f"database {self.database}"] if self.database else []
        return f"{self.name} is {self.value} for {' in '.join(whom) or 'all roles'}: {UNSAFE[self.name][1]}"

    @property
    def statement(self) -> str:
        """The statement that takes it back."""
        where = f" IN DATABASE {quote_identifier(self.database)}" if self.database else ""
        whom = f"ROLE {quote_identifier(self.role) if self.role else 'ALL'}{where}"
        if self.database and not self.role:
            whom = f"DATABASE {quote_identifier(self.database)}"
        return f"ALTER {whom} RESET {self.name}"

    def as_dict(self) -> OverrideReport:
        """Return the value as reports have it."""
        return {
            "name": self.name,
            "value": self.value,
            "role": self.role,
            "database": self.database,
            "message": self.message,
            "statement": self.statement,
        }


def overrides(session: Session, names: Sequence[str] = tuple(UNSAFE)) -> Iterator[Override]:
    """Values of databases and roles that are a risk.

    Args:
        session: any session; everybody may read these values.
        names: settings to check, out of UNSAFE.
    """
    for row in session.rows(_STORED, [list(names)]):
        risk, _outcome = UNSAFE[row["name"]]
        # The server accepts more than ten spellings of a boolean.
        if session.value("SELECT %s::boolean", [row["value"]]) == risk:
            yield Override(row["name"], row["value"], row["role"] or "", row["database"] or "")
