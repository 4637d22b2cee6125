# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which statements change definitions; which locks show it is in tests/servers/migrations/test_builders.py."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import Backend
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.builders import changes_definitions


def backend(query: str, **facts: Any) -> Backend:
    plain: dict[str, Any] = dict.fromkeys(Backend.__dataclass_fields__)
    return Backend(**{**plain, "state": "active", "application": "app", "query": query, **facts})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("CREATE TABLE t (i int)", True),
        ("/* a */ /* b */ alter table t add i int", True),
        ("CREATE INDEX CONCURRENTLY i ON t (i)", True),
        ("CREATE UNLOGGED TABLE t (a text DEFAULT ' partition of ')", True),
        ("create type x as enum ('a')", True),
        ("GRANT SELECT ON t TO app", True),
        ("CREATE TEMP TABLE t (i int)", False),
        ("create global temporary table t (i int)", False),
        ("CREATE TABLE t_2026 PARTITION OF t FOR VALUES IN (1)", False),
        ("create table if not exists t_2026 partition of t default", False),
        ("REFRESH MATERIALIZED VIEW v", False),
        ("VACUUM FULL t", False),
        ("CLUSTER t", False),
        ("REINDEX TABLE CONCURRENTLY t", False),
        ("SELECT 'ALTER TABLE'", False),
        ("INSERT INTO created VALUES (1)", False),
    ],
)
def test_statements(query: str, expected: bool) -> None:
    assert changes_definitions(backend(query)) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"state": "idle in transaction"}, True),
        ({"state": "idle in transaction (aborted)"}, True),
        ({"state": "idle"}, False),
        ({"state": None}, False),
        ({"application": "pg_restore"}, False),
        ({"application": "pgsop"}, False),
    ],
)
def test_sessions(facts: dict[str, Any], expected: bool) -> None:
    assert changes_definitions(backend("CREATE TABLE t (i int)", **facts)) == expected
