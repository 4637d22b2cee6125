# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every tool is there, no two claim the same table, and every lock has one owner."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.keys import crc32, split
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.registry import (
    NAMES,
    TOOLS,
    owner_of_lock,
    recognised,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.tool import Table

KNOWN = (
    "Prisma Flyway Liquibase Alembic Django Rails Knex golang-migrate goose sqlx TypeORM Sequelize dbmate Ecto node-pg-migrate Kysely"
    " Atlas Drizzle Sqitch yoyo db-migrate Postgrator MikroORM graphile-migrate"
)


def test_all_are_there() -> None:
    assert sorted(tool.name.split()[0] for tool in TOOLS) == sorted(KNOWN.split())


def test_what_is_read_is_a_table_of_the_tool() -> None:
    for tool in TOOLS:
        assert set(tool.queries) <= {*tool.tables, *tool.companions}
        assert all(query.count("%s") == 1 and "FROM ONLY %s" in query for query in tool.queries.values())
        assert {*tool.tables, *tool.companions} <= set(NAMES)


@pytest.mark.parametrize(
    ("columns", "beside", "expected"),
    [
        ({"version": "int8", "dirty": "bool"}, (), "golang-migrate"),
        ({"version": "int8", "inserted_at": "timestamp"}, (), "Ecto"),
        ({"version": "varchar"}, ("ar_internal_metadata",), "Rails"),
        ({"version": "varchar(255)"}, ("ar_internal_metadata",), "Rails"),
        ({"version": "varchar(128)"}, (), "dbmate"),
        ({"version": "varchar(255)"}, (), "dbmate"),
        ({"version": "varchar"}, (), "dbmate"),
        ({"version": "int8"}, (), None),
    ],
)
def test_one_name_for_many(columns: dict[str, str], beside: tuple[str, ...], expected: str | None) -> None:
    tables = [Table(1, "a", "schema_migrations", "a.schema_migrations", columns)]
    tables += [Table(2, "a", name, f"a.{name}", {"key": "varchar", "value": "varchar"}) for name in beside]
    # What is in another schema does not count.
    tables += [Table(3, "b", "ar_internal_metadata", "b.ar_internal_metadata", {"key": "varchar", "value": "varchar"})]
    assert [tool.name for tool, _table, _companions in recognised(tables)] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (72707369, "Prisma"),
        (77431708279161, "Flyway"),
        (77431708279161 - 2**31, "Flyway"),
        (77431708279161 + 2**31, ""),
        (2053462845 * crc32("shop"), "Rails"),
        (2053462845 * crc32("other"), ""),
        (0x3D32AD9E * crc32("shop"), "sqlx"),
        (crc32("public\0schema_migrations\0shop") * 1486364155 % 2**32, "golang-migrate"),
        (5887940537704921958, "goose"),
        (7241865325823964, "node-pg-migrate"),
        (3853314791062309107, "Kysely"),
        (75474063, "Sqitch"),
        (4727445306447283, "graphile-migrate"),
        (1, ""),
    ],
)
def test_whose_lock_it_is(key: int, expected: str) -> None:
    assert owner_of_lock("shop", *split(key), 1) == expected
    assert owner_of_lock("shop", *split(key), 2) == ""
