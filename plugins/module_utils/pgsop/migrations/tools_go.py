# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration tools of the Go world: golang-migrate, goose, dbmate, Atlas."""

from __future__ import annotations

from collections.abc import Sequence

from ..server_message import noted_error
from .keys import crc32, fnv32
from .tool import DIRTY, FAILED, FINISHED, RUNNING, Classification, Rows, SessionEvidence, Tool, by_sessions

GOOSE_KEY = 5887940537704921958
ATLAS_LOCK = "atlas_migrate_execute"
_GOLANG_MIGRATE_SALT = 1486364155
_WORD = 0xFFFFFFFF

_GOLANG_MIGRATE_DIRTY = "SELECT version FROM ONLY %s WHERE dirty"
_ATLAS_UNFINISHED = """
SELECT version, applied, total, left(error, 1000) AS error, extract(epoch FROM clock_timestamp() - executed_at)::float8 AS since_s
  FROM ONLY %s
 WHERE coalesce(error, '') <> '' OR applied < total
 ORDER BY version DESC
 LIMIT 5
"""


def _golang_migrate_keys(database: str, schema: str, table: str) -> Sequence[int]:
    """Return the keys of releases with schema and table in the name, and of older ones with less."""
    names = ("\0".join(parts) for parts in ((schema, table, database), (schema, database), (database,)))
    return tuple((crc32(name) * _GOLANG_MIGRATE_SALT) & _WORD for name in names)


def _golang_migrate(rows: Rows, evidence: SessionEvidence) -> Classification:
    dirty = next(iter(rows["schema_migrations"]), None)
    if evidence.certain:
        return Classification(RUNNING, f"version {dirty['version']}; {evidence.certain}" if dirty else evidence.certain)
    if dirty:
        return Classification(
            DIRTY,
            f"version {dirty['version']} broke off, and nobody holds the advisory lock",
            hint=f"see how far it came, mend it, then 'migrate force' the version that is there ({dirty['version']} or the one before)",
        )
    return Classification(FINISHED, "it is not dirty")


def _atlas(rows: Rows, evidence: SessionEvidence) -> Classification:
    unfinished = next(iter(rows["atlas_schema_revisions"]), None)
    if evidence.certain:
        return Classification(RUNNING, evidence.certain)
    if unfinished:
        noted = noted_error(unfinished["error"] or "")
        error = f": {noted}" if noted else ""
        return Classification(
            FAILED,
            f"{unfinished['version']} has {unfinished['applied']} of {unfinished['total']} statements applied{error}",
            unfinished["since_s"],
            "see 'atlas migrate status', mend it, then 'atlas migrate apply' or 'atlas migrate set'",
        )
    return Classification(FINISHED, "every revision is applied to its end")


GOLANG_MIGRATE = Tool(
    name="golang-migrate",
    tables=("schema_migrations",),
    columns={"version": "int", "dirty": "bool"},
    classify=_golang_migrate,
    keys=_golang_migrate_keys,
    queries={"schema_migrations": _GOLANG_MIGRATE_DIRTY},
)
GOOSE = Tool(
    name="goose",
    tables=("goose_db_version",),
    columns={"version_id": "int", "is_applied": "bool", "tstamp": "time"},
    classify=by_sessions("its table holds only what was applied or taken back"),
    keys=lambda _database, _schema, _table: (GOOSE_KEY,),
)
#: Rails has a table of the same name and column, and beside it ar_internal_metadata since 5.0 (unless use_metadata_table is false).
DBMATE = Tool(
    name="dbmate",
    tables=("schema_migrations",),
    columns={"version": "text"},
    classify=by_sessions(),
    fits=lambda _table, beside: "ar_internal_metadata" not in beside,
)
ATLAS = Tool(
    name="Atlas",
    tables=("atlas_schema_revisions",),
    columns={"version": "text", "applied": "int", "total": "int", "error": "text", "executed_at": "time"},
    classify=_atlas,
    keys=lambda _database, _schema, _table: (fnv32(ATLAS_LOCK),),
    queries={"atlas_schema_revisions": _ATLAS_UNFINISHED},
)
