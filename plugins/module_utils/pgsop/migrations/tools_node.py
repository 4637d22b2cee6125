# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration tools of the JavaScript world, such as Prisma, Knex, TypeORM, Sequelize and Drizzle."""

from __future__ import annotations

from ..server_message import noted_error
from .tool import FAILED, FINISHED, RUNNING, UNKNOWN, Classification, Rows, SessionEvidence, Tool, by_flag, by_sessions

PRISMA_KEY = 72707369
NODE_PG_MIGRATE_KEY = 7241865325823964
KYSELY_KEY = 3853314791062309107
#: GRAPHILE MIGRATE on the keys of a phone (lib/pgReal of graphile-migrate).
GRAPHILE_MIGRATE_KEY = 4727445306447283

_PRISMA_UNFINISHED = """
SELECT migration_name, left(logs, 1000) AS logs, extract(epoch FROM clock_timestamp() - started_at)::float8 AS since_s
  FROM ONLY %s
 WHERE finished_at IS NULL AND rolled_back_at IS NULL
 ORDER BY started_at DESC
 LIMIT 5
"""
_KNEX_LOCKED = "SELECT is_locked FROM ONLY %s WHERE is_locked <> 0"
_DRIZZLE_TWICE = "SELECT hash FROM ONLY %s GROUP BY hash HAVING count(*) > 1 LIMIT 5"


def _prisma(rows: Rows, evidence: SessionEvidence) -> Classification:
    unfinished = next(iter(rows["_prisma_migrations"]), None)
    if evidence.certain:
        what = f"{unfinished['migration_name']} has begun and " if unfinished else ""
        return Classification(RUNNING, f"{what}{evidence.certain}", unfinished["since_s"] if unfinished else -1.0)
    if unfinished:
        noted = noted_error(unfinished["logs"] or "")
        logs = (
            f": {noted}" if noted else "; its column logs has the rest" if unfinished["logs"] else ", and left no log"
        )
        return Classification(
            FAILED,
            f"{unfinished['migration_name']} has not finished, and nobody holds the advisory lock{logs}",
            unfinished["since_s"],
            f"see how far it came, then 'prisma migrate resolve --rolled-back {unfinished['migration_name']}' (or --applied)",
        )
    return Classification(FINISHED, "every migration has finished or was rolled back")


def _knex(rows: Rows, evidence: SessionEvidence) -> Classification:
    if rows["knex_migrations_lock"]:
        hint = "where nobody migrates any more, run 'knex migrate:unlock'"
        return by_flag(evidence, -1.0, "it is locked", hint)
    return (
        Classification(RUNNING, evidence.certain) if evidence.certain else Classification(FINISHED, "it is not locked")
    )


def _drizzle(rows: Rows, evidence: SessionEvidence) -> Classification:
    if evidence.likely:
        return Classification(RUNNING, evidence.likely)
    twice = len(rows["__drizzle_migrations"])
    ran = f"{twice} of its migrations ran twice, and " if twice else ""
    return Classification(UNKNOWN, f"{ran}its table holds only what was applied")


PRISMA = Tool(
    name="Prisma",
    tables=("_prisma_migrations",),
    columns={
        "migration_name": "text",
        "logs": "text",
        "started_at": "time",
        "finished_at": "time",
        "rolled_back_at": "time",
        "applied_steps_count": "int",
    },
    classify=_prisma,
    keys=lambda _database, _schema, _table: (PRISMA_KEY,),
    queries={"_prisma_migrations": _PRISMA_UNFINISHED},
)
KNEX = Tool(
    name="Knex",
    tables=("knex_migrations_lock",),
    columns={"is_locked": "int", "index": "int"},
    classify=_knex,
    companions={"knex_migrations": {"name": "text", "batch": "int", "migration_time": "time"}},
    queries={"knex_migrations_lock": _KNEX_LOCKED},
)
TYPEORM = Tool(
    name="TypeORM",
    tables=("migrations",),
    columns={"id": "int", "timestamp": "int", "name": "text"},
    classify=by_sessions(),
)
#: Umzug's storage for Sequelize has the same table by default.
SEQUELIZE = Tool(
    name="Sequelize or Umzug",
    tables=("SequelizeMeta",),
    columns={"name": "text"},
    classify=by_sessions(),
)
NODE_PG_MIGRATE = Tool(
    name="node-pg-migrate",
    tables=("pgmigrations",),
    columns={"id": "int", "name": "text", "run_on": "time"},
    classify=by_sessions(),
    keys=lambda _database, _schema, _table: (NODE_PG_MIGRATE_KEY,),
)
KYSELY = Tool(
    name="Kysely",
    tables=("kysely_migration",),
    columns={"name": "text", "timestamp": "text"},
    classify=by_sessions("its table holds only what was applied, and its lock table is not used here"),
    keys=lambda _database, _schema, _table: (KYSELY_KEY,),
    companions={"kysely_migration_lock": {"id": "text", "is_locked": "int"}},
)
DRIZZLE = Tool(
    name="Drizzle",
    tables=("__drizzle_migrations",),
    columns={"id": "int", "hash": "text", "created_at": "int"},
    classify=_drizzle,
    queries={"__drizzle_migrations": _DRIZZLE_TWICE},
)
DB_MIGRATE = Tool(
    name="db-migrate",
    tables=("migrations",),
    columns={"id": "int", "name": "text", "run_on": "time"},
    classify=by_sessions(),
)
POSTGRATOR = Tool(
    name="Postgrator",
    tables=("schemaversion",),
    columns={"version": "int", "name": "text", "md5": "text", "run_at": "time"},
    classify=by_sessions(),
)
MIKROORM = Tool(
    name="MikroORM",
    tables=("mikro_orm_migrations",),
    columns={"id": "int", "name": "text", "executed_at": "time"},
    classify=by_sessions(),
)
GRAPHILE_MIGRATE = Tool(
    name="graphile-migrate",
    tables=("migrations",),
    columns={"hash": "text", "previous_hash": "text", "filename": "text", "date": "time"},
    classify=by_sessions(),
    keys=lambda _database, _schema, _table: (GRAPHILE_MIGRATE_KEY,),
)
