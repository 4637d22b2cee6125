# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration tools of the Java world: Flyway, Liquibase."""

from __future__ import annotations

from collections.abc import Sequence

from .keys import java_hash
from .tool import FAILED, FINISHED, RUNNING, Classification, Rows, SessionEvidence, Tool, by_flag

#: "Flyway" in ASCII; to this the hash of the table's name is added (PostgreSQLAdvisoryLockTemplate).
FLYWAY_KEY = 0x466C79776179

_FLYWAY_FAILED = """
SELECT script, description, extract(epoch FROM localtimestamp - installed_on)::float8 AS since_s
  FROM ONLY %s
 WHERE NOT success
 ORDER BY installed_rank DESC
 LIMIT 5
"""
_LIQUIBASE_LOCK = """
SELECT lockedby, extract(epoch FROM localtimestamp - lockgranted)::float8 AS since_s FROM ONLY %s WHERE locked
"""
_LIQUIBASE_FAILED = "SELECT id, author FROM ONLY %s WHERE exectype = 'FAILED' ORDER BY orderexecuted DESC LIMIT 5"
_LIQUIBASE_HINT = "where nobody migrates any more, run 'liquibase releaseLocks'"


def _flyway_keys(_database: str, schema: str, table: str) -> Sequence[int]:
    return (FLYWAY_KEY + java_hash(f'"{schema}"."{table}"'),)


def _flyway(rows: Rows, evidence: SessionEvidence) -> Classification:
    failed = next((row for found in rows.values() for row in found), None)
    if evidence.certain:
        return Classification(RUNNING, evidence.certain)
    if failed:
        return Classification(
            FAILED,
            f"{failed['script']} ({failed['description']}) failed",
            failed["since_s"],
            "undo what it left behind, run 'flyway repair', then 'flyway migrate'",
        )
    return Classification(FINISHED, "no failed row, but the server takes that of a failed transaction back with it")


def _liquibase(rows: Rows, evidence: SessionEvidence) -> Classification:
    for lock in rows.get("databasechangeloglock", ()):
        who = f"{lock['lockedby'] or 'somebody'} has locked it"
        return by_flag(evidence, -1.0 if lock["since_s"] is None else lock["since_s"], who, _LIQUIBASE_HINT)
    if evidence.certain:
        return Classification(RUNNING, evidence.certain)
    for change in rows.get("databasechangelog", ()):
        return Classification(
            FAILED,
            f"change set {change['id']} of {change['author']} failed",
            hint="mend it, then run 'liquibase update'",
        )
    return Classification(FINISHED, "it is not locked, and no change set is marked as failed")


FLYWAY = Tool(
    name="Flyway",
    tables=("flyway_schema_history", "schema_version"),
    columns={
        "installed_rank": "int",
        "script": "text",
        "description": "text",
        "installed_on": "time",
        "success": "bool",
    },
    classify=_flyway,
    keys=_flyway_keys,
    queries={"flyway_schema_history": _FLYWAY_FAILED, "schema_version": _FLYWAY_FAILED},
)
LIQUIBASE = Tool(
    name="Liquibase",
    tables=("databasechangeloglock",),
    columns={"id": "int", "locked": "bool", "lockgranted": "time", "lockedby": "text"},
    classify=_liquibase,
    companions={"databasechangelog": {"id": "text", "author": "text", "exectype": "text", "orderexecuted": "int"}},
    queries={"databasechangeloglock": _LIQUIBASE_LOCK, "databasechangelog": _LIQUIBASE_FAILED},
)
