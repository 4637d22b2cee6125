# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements: as few as there can be, in an order that is valid, and nothing secret in what is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import PUBLIC
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.statement import (
    CHUNK,
    SPELL_OUT,
    Phase,
    PlannedChange,
    Statement,
    in_order,
    locks,
    merge,
    set_to,
    statements,
)

GRANT = PlannedChange(Phase.GRANT, "GRANT", "r", "app", ("app.t",), frozenset({"SELECT"}), "x")


def sql(*changes: PlannedChange, counts: dict[tuple[str, str], int] | None = None) -> list[str]:
    return [statement.text for statement in statements(merge(changes), counts or {})]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (GRANT, "GRANT SELECT ON TABLE app.t TO x"),
        (replace(GRANT, grantee=PUBLIC), "GRANT SELECT ON TABLE app.t TO PUBLIC"),
        (replace(GRANT, grantee="My role"), 'GRANT SELECT ON TABLE app.t TO "My role"'),
        (replace(GRANT, grant_option=True), "GRANT SELECT ON TABLE app.t TO x WITH GRANT OPTION"),
        (
            replace(GRANT, privileges=frozenset({"DELETE", "SELECT", "MAINTAIN"})),
            "GRANT SELECT, DELETE, MAINTAIN ON TABLE app.t TO x",
        ),
        (
            replace(GRANT, privileges=frozenset({"UPDATE", "SELECT"}), columns=("a", "b")),
            "GRANT SELECT (a, b), UPDATE (a, b) ON TABLE app.t TO x",
        ),
        (replace(GRANT, verb="REVOKE"), "REVOKE SELECT ON TABLE app.t FROM x"),
        (replace(GRANT, verb="REVOKE GRANT OPTION FOR"), "REVOKE GRANT OPTION FOR SELECT ON TABLE app.t FROM x"),
        (replace(GRANT, kind="s"), "GRANT SELECT ON SEQUENCE app.t TO x"),
        (replace(GRANT, kind="f", privileges=frozenset({"EXECUTE"})), "GRANT EXECUTE ON ROUTINE app.t TO x"),
        (replace(GRANT, kind="T", privileges=frozenset({"USAGE"})), "GRANT USAGE ON TYPE app.t TO x"),
        (replace(GRANT, kind="n", privileges=frozenset({"USAGE"}), names=("app",)), "GRANT USAGE ON SCHEMA app TO x"),
        (replace(GRANT, kind="d", privileges=frozenset({"CONNECT"}), names=("d",)), "GRANT CONNECT ON DATABASE d TO x"),
        (
            replace(GRANT, kind="p", privileges=frozenset({"ALTER SYSTEM", "SET"}), names=("work_mem",)),
            "GRANT SET, ALTER SYSTEM ON PARAMETER work_mem TO x",
        ),
        (
            replace(GRANT, verb="REVOKE", as_role="Some one"),
            'SET LOCAL ROLE "Some one"; REVOKE SELECT ON TABLE app.t FROM x; RESET ROLE',
        ),
    ],
)
def test_change_is_written_as_sql(change: PlannedChange, expected: str) -> None:
    assert sql(change) == [expected]


def test_objects_that_get_the_same_are_named_together() -> None:
    other = replace(GRANT, names=("app.u",))
    assert sql(other, GRANT, other) == ["GRANT SELECT ON TABLE app.t, app.u TO x"]


@pytest.mark.parametrize(
    "other",
    [
        replace(GRANT, names=("app.u",), grantee="y"),
        replace(GRANT, names=("app.u",), kind="s"),
        replace(GRANT, names=("app.u",), privileges=frozenset({"INSERT"})),
        replace(GRANT, names=("app.u",), grant_option=True),
        replace(GRANT, names=("b.u",), schema="b"),
        replace(GRANT, names=("app.u",), verb="REVOKE"),
        replace(GRANT, names=("app.u",), as_role="z"),
        replace(GRANT, names=("app.u",), phase=Phase.ANCHOR),
    ],
)
def test_nothing_else_is_merged(other: PlannedChange) -> None:
    assert len(sql(GRANT, other)) == 2


def test_columns_of_one_relation_are_named_together() -> None:
    one = replace(GRANT, phase=Phase.GRANT_COLUMN, columns=("b",))
    assert sql(one, replace(one, columns=("a",)), replace(one, columns=("c",), names=("app.u",))) == [
        "GRANT SELECT (a, b) ON TABLE app.t TO x",
        "GRANT SELECT (c) ON TABLE app.u TO x",
    ]


def test_order_is_that_of_the_phases_whatever_comes_first() -> None:
    changes = [replace(GRANT, phase=phase, grantee=f"x{phase.value:02}") for phase in Phase]
    assert sql(*reversed(changes)) == [f"GRANT SELECT ON TABLE app.t TO x{phase.value:02}" for phase in Phase]
    assert sql(*changes) == sql(*reversed(changes))


def many(number: int) -> PlannedChange:
    return replace(GRANT, names=tuple(f"app.t{i:05}" for i in range(number)))


def test_long_lists_are_cut() -> None:
    found = sql(many(2 * CHUNK + 1))
    assert [text.count("app.t") for text in found] == [CHUNK, CHUNK, 1]


@pytest.mark.parametrize(
    ("change", "count", "whole"),
    [
        (many(SPELL_OUT + 1), SPELL_OUT + 1, True),
        # others, such as members of an extension, would be reached, too
        (many(SPELL_OUT + 1), SPELL_OUT + 2, False),
        # a few are named
        (many(SPELL_OUT), SPELL_OUT, False),
        (replace(many(SPELL_OUT + 1), columns=("a",)), SPELL_OUT + 1, False),
    ],
)
def test_all_of_a_schema_is_said_only_where_it_is_all(change: PlannedChange, count: int, *, whole: bool) -> None:
    counts = {("app", "r"): count}
    found = " ".join(sql(change, counts=counts))
    assert ("ON ALL TABLES IN SCHEMA app TO x" in found) is whole
    assert locks([change], counts) == (0 if whole else len(change.names))


@pytest.mark.parametrize(
    ("kind", "words"), [("r", "ALL TABLES"), ("s", "ALL SEQUENCES"), ("f", "ALL ROUTINES"), ("T", "")]
)
def test_all_of_a_kind_is_called_so_where_sql_can(kind: str, words: str) -> None:
    change = replace(many(SPELL_OUT + 1), kind=kind)
    (first, *_rest) = sql(change, counts={("app", kind): SPELL_OUT + 1})
    assert first.startswith(f"GRANT SELECT ON {words} IN SCHEMA app" if words else "GRANT SELECT ON TYPE app.t")


def test_object_is_locked_once_whatever_is_done_to_it() -> None:
    revoke = replace(GRANT, verb="REVOKE", grantee="y")
    assert locks([GRANT, revoke, replace(GRANT, kind="s"), replace(GRANT, names=("app.u",))], {}) == 3


def test_what_is_secret_is_sent_and_not_shown() -> None:
    statement = Statement("ALTER ROLE x PASSWORD 'SCRAM'", shown="ALTER ROLE x PASSWORD '********'")
    assert (statement.sql, statement.text) == ("ALTER ROLE x PASSWORD 'SCRAM'", "ALTER ROLE x PASSWORD '********'")


def test_privileges_stand_in_the_order_of_the_manual() -> None:
    assert in_order({"UPDATE", "SELECT", "NEW ONE", "INSERT"}) == ("SELECT", "INSERT", "UPDATE", "NEW ONE")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("8MB", "'8MB'"),
        ("it's", "'it''s'"),
        ("", "''"),
        (5, "'5'"),
        (["app", "My schema"], 'app, "My schema"'),
        (["$user", "app"], '"$user", app'),
        ([""], "''"),
        ([], "''"),
        (["app", ""], "app, ''"),
    ],
)
def test_value_of_a_setting(value: object, text: str) -> None:
    assert set_to(value) == text
