# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Default privileges: exact for declared roles, and never an empty row, which would bring the built-in rights back."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    PUBLIC,
    DatabaseState,
    DefaultKey,
    rights_of,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.desired import (
    ALL,
    DefaultRule,
    DesiredDatabase,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.plan_defaults import (
    DefaultScope,
    plan_defaults,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import acl, blank

SCOPE = DefaultScope(frozenset({"own", "app", "ro", PUBLIC}), frozenset({"own"}), blank().every, "admin")
#: What own has without schema once this has run: PUBLIC may execute nothing it creates.
SETTLED = {("own", "", "f"): "own=X/own"}


def planned(have: dict[DefaultKey, str], *rules: DefaultRule, settled: bool = True) -> list[str]:
    """Without the common beginning of all statements."""
    rows = {**(SETTLED if settled else {}), **have}
    state = DatabaseState((), defaults={key: rights_of(acl(text)) for key, text in rows.items()})
    desired = DesiredDatabase("d", "admin", {"x": "own", "My schema": "own"}, defaults=rules)
    found = plan_defaults(desired, state, SCOPE)
    return [statement.sql.removeprefix("ALTER DEFAULT PRIVILEGES FOR ROLE ") for statement in found]


def rule(
    *privileges: str, grantee: str = "app", creator: str = "own", kind: str = "r", option: bool = False
) -> DefaultRule:
    return DefaultRule(creator, "x", kind, grantee, privileges, option)


TABLES: DefaultKey = ("own", "x", "r")


@pytest.mark.parametrize(
    ("have", "rules", "expected"),
    [
        ({}, [], []),
        ({TABLES: "app=rw/own"}, [rule("SELECT", "UPDATE")], []),
        ({}, [rule("SELECT")], ["own IN SCHEMA x GRANT SELECT ON TABLES TO app"]),
        ({}, [rule("USAGE", kind="S", grantee=PUBLIC)], ["own IN SCHEMA x GRANT USAGE ON SEQUENCES TO PUBLIC"]),
        ({}, [rule(ALL, kind="f")], ["own IN SCHEMA x GRANT EXECUTE ON FUNCTIONS TO app"]),
        ({}, [rule(ALL, kind="S")], ["own IN SCHEMA x GRANT SELECT, UPDATE, USAGE ON SEQUENCES TO app"]),
        ({}, [rule("USAGE", kind="T")], ["own IN SCHEMA x GRANT USAGE ON TYPES TO app"]),
        ({}, [rule("SELECT", option=True)], ["own IN SCHEMA x GRANT SELECT ON TABLES TO app WITH GRANT OPTION"]),
        (
            {},
            [rule("SELECT", option=True), rule("SELECT")],
            ["own IN SCHEMA x GRANT SELECT ON TABLES TO app WITH GRANT OPTION"],
        ),
        (
            {TABLES: "app=r/own"},
            [rule("SELECT", option=True)],
            ["own IN SCHEMA x GRANT SELECT ON TABLES TO app WITH GRANT OPTION"],
        ),
        (
            {TABLES: "app=r*/own"},
            [rule("SELECT")],
            ["own IN SCHEMA x REVOKE GRANT OPTION FOR SELECT ON TABLES FROM app"],
        ),
        ({TABLES: "app=r/own"}, [], ["own IN SCHEMA x REVOKE SELECT ON TABLES FROM app"]),
        ({TABLES: "app=r*/own"}, [], ["own IN SCHEMA x REVOKE SELECT ON TABLES FROM app"]),
        ({TABLES: "=r/own"}, [], ["own IN SCHEMA x REVOKE SELECT ON TABLES FROM PUBLIC"]),
        # one that gives, before one that takes
        (
            {TABLES: "app=rw/own"},
            [rule("SELECT", grantee="ro")],
            [
                "own IN SCHEMA x GRANT SELECT ON TABLES TO ro",
                "own IN SCHEMA x REVOKE SELECT, UPDATE ON TABLES FROM app",
            ],
        ),
        # by anybody, in a managed schema, for declared roles; those of strangers stay
        ({("s1", "x", "r"): "app=r/s1 s2=r/s1"}, [], ["s1 IN SCHEMA x REVOKE SELECT ON TABLES FROM app"]),
        ({("s1", "My schema", "f"): "ro=X/s1"}, [], ['s1 IN SCHEMA "My schema" REVOKE EXECUTE ON FUNCTIONS FROM ro']),
        ({TABLES: "s1=r/own"}, [], []),
        ({("own", "other", "r"): "app=r/own"}, [], []),
        ({}, [rule("SELECT", creator="admin")], ["admin IN SCHEMA x GRANT SELECT ON TABLES TO app"]),
    ],
)
def test_default_privileges_of_a_schema_are_exact(
    have: dict[DefaultKey, str], rules: list[DefaultRule], expected: list[str]
) -> None:
    assert planned(have, *rules) == expected


@pytest.mark.parametrize(
    ("have", "expected"),
    [
        # nothing was ever said: what is built in lets everybody execute
        ({}, ["own REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"]),
        ({("own", "", "f"): "own=X/own =X/own"}, ["own REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"]),
        ({("own", "", "f"): "own=X/own"}, []),
        # an empty row is none to the server; the creator's entry makes it one
        ({("own", "", "f"): ""}, ["own GRANT EXECUTE ON FUNCTIONS TO own"]),
        (
            {("own", "", "f"): "app=X/own"},
            ["own GRANT EXECUTE ON FUNCTIONS TO own", "own REVOKE EXECUTE ON FUNCTIONS FROM app"],
        ),
        # types are for everybody, as always
        ({**SETTLED, ("own", "", "T"): "own=U/own"}, ["own GRANT USAGE ON TYPES TO PUBLIC"]),
        ({**SETTLED, ("own", "", "T"): "own=U/own =U/own"}, []),
        # rows that somebody made of kinds that need none
        ({**SETTLED, ("own", "", "r"): "own=arwdDxtm/own app=r/own"}, ["own REVOKE SELECT ON TABLES FROM app"]),
        ({**SETTLED, ("own", "", "r"): "own=arwdDxtm/own s1=r/own"}, []),
        ({**SETTLED, ("own", "", "r"): "own=rwdDxtm/own"}, ["own GRANT INSERT ON TABLES TO own"]),
        ({**SETTLED, ("own", "", "S"): "own=rwU/own =U/own"}, ["own REVOKE USAGE ON SEQUENCES FROM PUBLIC"]),
        ({**SETTLED, ("own", "", "n"): "own=CU/own app=C/own"}, ["own REVOKE CREATE ON SCHEMAS FROM app"]),
        ({**SETTLED, ("own", "", "L"): "own=rw/own app=r/own"}, ["own REVOKE SELECT ON LARGE OBJECTS FROM app"]),
        # a declared role that creates nothing here: others may execute what it makes elsewhere
        ({**SETTLED, ("app", "", "f"): "app=X/app"}, ["app GRANT EXECUTE ON FUNCTIONS TO PUBLIC"]),
        # somebody else's rows: declared roles lose theirs, PUBLIC and the creator are not our business
        ({**SETTLED, ("s1", "", "f"): "=X/s1 app=X/s1"}, ["s1 REVOKE EXECUTE ON FUNCTIONS FROM app"]),
        ({**SETTLED, ("s1", "", "r"): "=r/s1 s2=r/s1"}, []),
        # The administrator's: PUBLIC keeps at most what a new server gives it, and gets nothing back.
        (
            {**SETTLED, ("admin", "", "r"): "admin=arwdDxtm/admin =r/admin"},
            ["admin REVOKE SELECT ON TABLES FROM PUBLIC"],
        ),
        ({**SETTLED, ("admin", "", "f"): "admin=X/admin =X/admin s1=X/admin"}, []),
        ({**SETTLED, ("admin", "", "f"): "admin=X/admin"}, []),
    ],
)
def test_default_privileges_without_schema(have: dict[DefaultKey, str], expected: list[str]) -> None:
    assert planned(have, settled=False) == expected


def test_same_row_is_changed_once() -> None:
    assert planned({("own", "", "f"): ""}, settled=False) == ["own GRANT EXECUTE ON FUNCTIONS TO own"]


def test_row_is_never_empty_in_between() -> None:
    found = planned({("own", "", "f"): "app=X/own =X/own"}, settled=False)
    assert [text.split()[1] for text in found] == ["GRANT", "REVOKE", "REVOKE"]
