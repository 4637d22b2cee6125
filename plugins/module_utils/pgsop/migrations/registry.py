# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All known migration tools, and the tool that uses an advisory lock.

A new tool is a Tool in one of the files for tools, and its place in TOOLS.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .keys import joined, split
from .tool import Table, Tool
from .tools_go import ATLAS, DBMATE, GOLANG_MIGRATE, GOOSE
from .tools_java import FLYWAY, FLYWAY_KEY, LIQUIBASE
from .tools_node import (
    DB_MIGRATE,
    DRIZZLE,
    GRAPHILE_MIGRATE,
    KNEX,
    KYSELY,
    MIKROORM,
    NODE_PG_MIGRATE,
    POSTGRATOR,
    PRISMA,
    SEQUELIZE,
    TYPEORM,
)
from .tools_other import ALEMBIC, DJANGO, ECTO, RAILS, SQITCH, SQLX, YOYO

#: The first that recognises a table has it: of those that share a name, the one that asks for more.
TOOLS: tuple[Tool, ...] = (
    PRISMA,
    FLYWAY,
    LIQUIBASE,
    ALEMBIC,
    DJANGO,
    RAILS,
    KNEX,
    GOLANG_MIGRATE,
    GOOSE,
    SQLX,
    TYPEORM,
    SEQUELIZE,
    ECTO,
    DBMATE,
    NODE_PG_MIGRATE,
    KYSELY,
    ATLAS,
    DRIZZLE,
    SQITCH,
    YOYO,
    DB_MIGRATE,
    POSTGRATOR,
    MIKROORM,
    GRAPHILE_MIGRATE,
)

#: Names of all tables that a tool makes.
NAMES: tuple[str, ...] = tuple(sorted({name for tool in TOOLS for name in (*tool.tables, *tool.companions)}))

#: What Flyway adds to its number has 32 bits with a sign.
_FLYWAY_RANGE = range(FLYWAY_KEY - (1 << 31), FLYWAY_KEY + (1 << 31))


def recognised(tables: Sequence[Table]) -> Iterator[tuple[Tool, Table, list[Table]]]:
    """Yield each table that belongs to a tool: the tool, the table, and the tool's other tables in the same schema.

    Args:
        tables: of one database, those with names in ``NAMES``.
    """
    for table in tables:
        neighbours = [each for each in tables if each.schema == table.schema]
        beside = [each.name for each in neighbours]
        tool = next((each for each in TOOLS if each.recognises(table, beside)), None)
        if tool is not None:
            companions = [
                each for each in neighbours if each.name in tool.companions and each.has(tool.companions[each.name])
            ]
            yield tool, table, companions


def owner_of_lock(database: str, classid: int, objid: int, objsubid: int) -> str:
    """Return the name of the tool that uses this advisory lock, by its number; empty if no known tool does.

    Args:
        database: the one in which it is held.
        classid: as in pg_locks.
        objid: as in pg_locks.
        objsubid: as in pg_locks; 1 for a lock with one 64-bit number, as tools use it.
    """
    if objsubid != 1:
        return ""
    for tool in TOOLS:
        keys = (key for table in tool.tables for key in tool.keys(database, "public", table))
        if any(split(key) == (classid, objid) for key in keys):
            return tool.name
    return FLYWAY.name if joined(classid, objid) in _FLYWAY_RANGE else ""
