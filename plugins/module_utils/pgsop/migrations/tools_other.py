# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration tools of other worlds: Alembic, Django, yoyo, Rails, Ecto, sqlx, Sqitch."""

from __future__ import annotations

from collections.abc import Sequence

from .keys import crc32
from .tool import FAILED, FINISHED, RUNNING, UNKNOWN, Classification, Rows, SessionEvidence, Tool, by_flag, by_sessions

_RAILS_SALT = 2053462845
_SQLX_SALT = 0x3D32AD9E
SQITCH_KEY = 75474063

_ALEMBIC_HEADS = "SELECT count(*) AS heads FROM ONLY %s"
# The time is in UTC, and the process is one of the client's host.
_YOYO_LOCK = """
SELECT pid, extract(epoch FROM clock_timestamp() AT TIME ZONE 'UTC' - ctime)::float8 AS since_s FROM ONLY %s
"""
_YOYO_HINT = "if no host runs yoyo any more, run 'yoyo break-lock', then 'yoyo apply'"
_SQLX_UNFINISHED = """
SELECT version, description, success, extract(epoch FROM clock_timestamp() - installed_on)::float8 AS since_s
  FROM ONLY %s
 WHERE NOT success OR execution_time = -1
 ORDER BY success, version DESC
 LIMIT 5
"""
_SQITCH_FAILED = """
SELECT change, project
  FROM (SELECT DISTINCT ON (change_id) change, project, event, committed_at FROM ONLY %s ORDER BY change_id, committed_at DESC) AS newest
 WHERE event = 'fail'
 ORDER BY committed_at DESC
 LIMIT 5
"""


def _alembic(rows: Rows, evidence: SessionEvidence) -> Classification:
    if evidence.likely:
        return Classification(RUNNING, evidence.likely)
    heads = rows["alembic_version"][0]["heads"]
    if heads == 0:
        return Classification(UNKNOWN, "its table is empty: nothing was applied yet, or the first run broke off")
    several = f"{heads} heads, " if heads > 1 else ""
    return Classification(UNKNOWN, f"{several}its table holds only where the schema stands")


def _yoyo(rows: Rows, evidence: SessionEvidence) -> Classification:
    for lock in rows["yoyo_lock"]:
        since_s = -1.0 if lock["since_s"] is None else lock["since_s"]
        return by_flag(evidence, since_s, f"process {lock['pid']} of a client has locked it", _YOYO_HINT)
    return (
        Classification(RUNNING, evidence.certain) if evidence.certain else Classification(FINISHED, "it is not locked")
    )


def _rails_keys(database: str, _schema: str, _table: str) -> Sequence[int]:
    return (_RAILS_SALT * crc32(database),)


def _sqlx_keys(database: str, _schema: str, _table: str) -> Sequence[int]:
    return (_SQLX_SALT * crc32(database),)


def _sqlx(rows: Rows, evidence: SessionEvidence) -> Classification:
    unfinished = next(iter(rows["_sqlx_migrations"]), None)
    if evidence.certain:
        return Classification(
            RUNNING, f"version {unfinished['version']}; {evidence.certain}" if unfinished else evidence.certain
        )
    if unfinished and not unfinished["success"]:
        return Classification(
            FAILED,
            f"version {unfinished['version']} ({unfinished['description']}) failed, and nobody holds the advisory lock",
            unfinished["since_s"],
            "mend what it left behind, delete its row, then 'sqlx migrate run'",
        )
    if unfinished:
        return Classification(
            FINISHED,
            f"version {unfinished['version']} was applied, but its process ended before it said so",
            unfinished["since_s"],
        )
    return Classification(FINISHED, "every migration was applied to its end")


def _sqitch(rows: Rows, evidence: SessionEvidence) -> Classification:
    if evidence.certain:
        return Classification(RUNNING, evidence.certain)
    for change in rows["events"]:
        hint = "see 'sqitch status' and 'sqitch log', mend it, then 'sqitch deploy'"
        return Classification(FAILED, f"change {change['change']} of project {change['project']} failed", hint=hint)
    return Classification(FINISHED, "no change has failed last")


ALEMBIC = Tool(
    name="Alembic",
    tables=("alembic_version",),
    columns={"version_num": "text"},
    classify=_alembic,
    queries={"alembic_version": _ALEMBIC_HEADS},
)
DJANGO = Tool(
    name="Django",
    tables=("django_migrations",),
    columns={"app": "text", "name": "text", "applied": "time"},
    classify=by_sessions(),
)
YOYO = Tool(
    name="yoyo",
    tables=("yoyo_lock",),
    columns={"locked": "int", "ctime": "time", "pid": "int"},
    classify=_yoyo,
    companions={
        "_yoyo_migration": {"migration_hash": "text", "migration_id": "text"},
        "_yoyo_log": {"migration_hash": "text", "operation": "text"},
        "_yoyo_version": {"version": "int"},
    },
    queries={"yoyo_lock": _YOYO_LOCK},
)
RAILS = Tool(
    name="Rails",
    tables=("schema_migrations",),
    columns={"version": "text"},
    classify=by_sessions(),
    keys=_rails_keys,
    companions={"ar_internal_metadata": {"key": "text", "value": "text"}},
    fits=lambda _table, beside: "ar_internal_metadata" in beside,
)
ECTO = Tool(
    name="Ecto",
    tables=("schema_migrations",),
    columns={"version": "int", "inserted_at": "time"},
    classify=by_sessions(),
)
SQLX = Tool(
    name="sqlx",
    tables=("_sqlx_migrations",),
    columns={
        "version": "int",
        "description": "text",
        "installed_on": "time",
        "success": "bool",
        "checksum": "bytes",
        "execution_time": "int",
    },
    classify=_sqlx,
    keys=_sqlx_keys,
    queries={"_sqlx_migrations": _SQLX_UNFINISHED},
)
SQITCH = Tool(
    name="Sqitch",
    tables=("events",),
    columns={"event": "text", "change_id": "text", "change": "text", "project": "text", "committed_at": "time"},
    classify=_sqitch,
    keys=lambda _database, _schema, _table: (SQITCH_KEY,),
    queries={"events": _SQITCH_FAILED},
)
