# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One object: from every ACL to the declared one, whoever granted what, and strangers keep what they have."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    PUBLIC,
    Objects,
    Rights,
    rights_of,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.plan_object import (
    PrivilegeTarget,
    Scope,
    plan_object,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.statement import merge, statements
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import acl

#: Two privileges are enough to tell all of them from some.
EVERY = {"r": frozenset({"SELECT", "INSERT"}), "n": frozenset({"CREATE", "USAGE"}), "d": frozenset({"CONNECT"})}
SCOPE = Scope(frozenset({"app", "ro", PUBLIC}), EVERY, frozenset({"boss"}))
#: Everybody here may name objects of the schema, but for the one called blind.
USAGE = frozenset({"own", "app", "ro", "s1", "s2", "member"})
NO_RIGHTS: Rights = {}


def rights(text: str) -> Rights:
    """Wanted rights, written as an ACL without grantors."""
    return rights_of(acl(" ".join(f"{item}/own" for item in text.split())))


def planned(
    have: str,
    desired: str,
    columns: dict[str, str] | None = None,
    want_columns: dict[str, str] | None = None,
    *,
    kind: str = "r",
    owner: str = "own",
) -> list[str]:
    word, schema, name = {
        "r": ("TABLE", "x", "x.t"),
        "n": ("SCHEMA", "x", "x"),
        "d": ("DATABASE", "", "db"),
    }[kind]
    layers = {column: acl(text) for column, text in (columns or {}).items()}
    current = Objects(kind, word, schema, owner, acl(have), (name,), columns=layers)
    wanted = {column: rights(text) for column, text in (want_columns or {}).items()}
    changes = plan_object(current, PrivilegeTarget("own", rights(desired), wanted, USAGE), SCOPE)
    return [statement.text for statement in statements(merge(changes), {})]


def cut(grantor: str, grantee: str, what: str = "SELECT ON TABLE x.t") -> str:
    return f"SET LOCAL ROLE {grantor}; REVOKE {what} FROM {grantee}; RESET ROLE"


@pytest.mark.parametrize(
    ("have", "desired", "expected"),
    [
        # as declared
        ("own=ar/own", "", []),
        ("own=ar/own app=r/own ro=r/own", "app=r ro=r", []),
        ("own=ar/own =r/own", "=r", []),
        ("own=ar/own app=r*/own", "app=r*", []),
        # missing, surplus, and both
        ("own=ar/own", "app=ar", ["GRANT SELECT, INSERT ON TABLE x.t TO app"]),
        ("own=ar/own", "=r", ["GRANT SELECT ON TABLE x.t TO PUBLIC"]),
        ("own=ar/own app=ar/own", "app=r", ["REVOKE INSERT ON TABLE x.t FROM app"]),
        ("own=ar/own =r/own", "", ["REVOKE SELECT ON TABLE x.t FROM PUBLIC"]),
        (
            "own=ar/own app=a/own",
            "app=r",
            ["REVOKE INSERT ON TABLE x.t FROM app", "GRANT SELECT ON TABLE x.t TO app"],
        ),
        # grant option: lowered without a moment without the privilege, raised, and each privilege by itself
        ("own=ar/own app=r*/own", "app=r", ["REVOKE GRANT OPTION FOR SELECT ON TABLE x.t FROM app"]),
        ("own=ar/own app=r/own", "app=r*", ["GRANT SELECT ON TABLE x.t TO app WITH GRANT OPTION"]),
        ("own=ar/own app=r*/own", "", ["REVOKE SELECT ON TABLE x.t FROM app"]),
        (
            "own=ar/own",
            "app=ar*",
            ["GRANT INSERT ON TABLE x.t TO app", "GRANT SELECT ON TABLE x.t TO app WITH GRANT OPTION"],
        ),
    ],
)
def test_declared_rights_are_exact(have: str, desired: str, expected: list[str]) -> None:
    assert planned(have, desired) == expected


@pytest.mark.parametrize(
    ("have", "expected"),
    [
        ("", ["GRANT SELECT, INSERT ON TABLE x.t TO own"]),
        ("own=r/own", ["GRANT INSERT ON TABLE x.t TO own"]),
        ("own=ar*/own", ["REVOKE GRANT OPTION FOR SELECT ON TABLE x.t FROM own"]),
    ],
)
def test_owner_holds_every_privilege(have: str, expected: list[str]) -> None:
    assert planned(have, "") == expected


@pytest.mark.parametrize("have", ["s1=r/own", "s1=r*/own", "s1=r*/own s2=r/s1", "s1=r*/own s2=r*/s1 s1=r/s2"])
def test_strangers_are_left_alone(have: str) -> None:
    assert planned(f"own=ar/own {have}", "") == []


@pytest.mark.parametrize("have", ["app=r*/own s1=r/app", "app=r*/own s1=r*/app s2=r/s1"])
def test_what_a_declared_grant_option_gave_a_stranger_stays(have: str) -> None:
    assert planned(f"own=ar/own {have}", "app=r*") == []


@pytest.mark.parametrize(
    ("have", "desired", "expected"),
    [
        # to the new owner's name, as ALTER ... OWNER does: nothing is left to do
        ("old=ar/old app=r/old", "app=r", []),
        ("old=ar/old own=r/old", "", []),
        # and what the old owner was granted goes to the new one with the rest
        ("old=ar/old own=r*/old app=r/own", "app=r", ["REVOKE GRANT OPTION FOR SELECT ON TABLE x.t FROM own"]),
        ("own=r*/old app=r/own", "", [*planned("own=r*/own", ""), "REVOKE SELECT ON TABLE x.t FROM app"]),
    ],
)
def test_change_of_owner_is_foreseen(have: str, desired: str, expected: list[str]) -> None:
    assert sorted(planned(have, desired, owner="old")) == sorted(expected)


RELEASE_APP = "REVOKE GRANT OPTION FOR SELECT ON TABLE x.t FROM app"


@pytest.mark.parametrize(
    ("have", "desired", "expected"),
    [
        # by one declared role to another
        (
            "app=r*/own ro=r/app",
            "app=r ro=r",
            [cut("app", "ro"), RELEASE_APP, "GRANT SELECT ON TABLE x.t TO ro"],
        ),
        ("app=r*/own ro=r/app", "app=r*", [cut("app", "ro")]),
        ("app=r*/own =r/app", "app=r*", [cut("app", "PUBLIC")]),
        # to a stranger, by a role that is not to pass it on: the stranger keeps it, from the owner
        (
            "app=r*/own s1=r/app",
            "app=r",
            [cut("app", "s1"), RELEASE_APP, "GRANT SELECT ON TABLE x.t TO s1"],
        ),
        (
            "app=r*/own s1=r*/app s2=r/s1",
            "app=r",
            [
                "GRANT SELECT ON TABLE x.t TO s1 WITH GRANT OPTION",
                cut("app", "s1"),
                cut("s1", "s2"),
                RELEASE_APP,
                "GRANT SELECT ON TABLE x.t TO s2",
            ],
        ),
        (
            "app=r*/own s1=r/app",
            "",
            [cut("app", "s1"), "REVOKE SELECT ON TABLE x.t FROM app", "GRANT SELECT ON TABLE x.t TO s1"],
        ),
        # by a stranger to a declared role: the stranger keeps its own
        ("s1=r*/own app=r/s1", "", [cut("s1", "app")]),
        ("s1=r*/own app=r/s1", "app=r", [cut("s1", "app"), "GRANT SELECT ON TABLE x.t TO app"]),
        (
            "s1=r*/own s2=r*/s1 app=r/s2",
            "",
            [
                "GRANT SELECT ON TABLE x.t TO s2 WITH GRANT OPTION",
                cut("s1", "s2"),
                cut("s2", "app"),
            ],
        ),
        # to the owner itself
        ("s1=r*/own own=r/s1", "", [cut("s1", "own")]),
        # only the privilege concerned is touched
        ("s1=a*r*/own app=r/s1 s2=a/s1", "", [cut("s1", "app")]),
        # held twice, from the owner and from another
        ("s1=r*/own app=r/s1 app=r/own", "app=r", [cut("s1", "app")]),
    ],
)
def test_what_others_granted_is_uprooted(have: str, desired: str, expected: list[str]) -> None:
    assert planned(f"own=ar/own {have}", desired) == expected


@pytest.mark.parametrize(
    ("have", "expected"),
    [
        (
            "app=r*/own ro=r*/own app=r*/ro ro=r*/app",
            [
                cut("app", "ro"),
                cut("ro", "app"),
                "REVOKE SELECT ON TABLE x.t FROM app",
                "REVOKE SELECT ON TABLE x.t FROM ro",
            ],
        ),
        # one that outlived a REVOKE ... CASCADE: nobody of it holds anything from the owner
        (
            "app=r*/ro ro=r*/app",
            [
                "GRANT SELECT ON TABLE x.t TO app WITH GRANT OPTION",
                "GRANT SELECT ON TABLE x.t TO ro WITH GRANT OPTION",
                cut("app", "ro"),
                cut("ro", "app"),
                "REVOKE SELECT ON TABLE x.t FROM app",
                "REVOKE SELECT ON TABLE x.t FROM ro",
            ],
        ),
    ],
)
def test_circle_of_grants_is_dissolved(have: str, expected: list[str]) -> None:
    assert planned(f"own=ar/own {have}", "") == expected


def test_grantor_that_holds_nothing_is_anchored_for_the_cut_only() -> None:
    """A member of the owner grants in its own name without an entry of its own."""
    assert planned("own=ar/own app=r/member", "") == [
        "GRANT SELECT ON TABLE x.t TO member WITH GRANT OPTION",
        cut("member", "app"),
        "REVOKE SELECT ON TABLE x.t FROM member",
    ]


def test_grantor_that_cannot_name_the_object_may_do_so_for_the_cut() -> None:
    assert planned("own=ar/own blind=r*/own app=r/blind", "") == [
        "GRANT USAGE ON SCHEMA x TO blind",
        cut("blind", "app"),
        "REVOKE USAGE ON SCHEMA x FROM blind",
    ]


@pytest.mark.parametrize(
    ("kind", "have", "expected"),
    [
        ("n", "own=CU/own blind=U*/own app=U/blind", [cut("blind", "app", "USAGE ON SCHEMA x")]),
        ("d", "own=c/own blind=c*/own app=c/blind", [cut("blind", "app", "CONNECT ON DATABASE db")]),
    ],
)
def test_schema_and_database_are_named_without_another_right(kind: str, have: str, expected: list[str]) -> None:
    assert planned(have, "", kind=kind) == expected


@pytest.mark.parametrize(
    ("have", "columns", "desired", "want_columns", "expected"),
    [
        ("", {"a": "app=r/own"}, "", {"a": "app=r"}, []),
        ("", {"a": "s1=r/own"}, "", {}, []),
        ("", {}, "", {"b": "app=r"}, ["GRANT SELECT (b) ON TABLE x.t TO app"]),
        ("", {}, "", {"b": "app=r*"}, ["GRANT SELECT (b) ON TABLE x.t TO app WITH GRANT OPTION"]),
        ("", {"a": "app=r/own =r/own"}, "", {"a": "app=r"}, ["REVOKE SELECT (a) ON TABLE x.t FROM PUBLIC"]),
        ("", {"a": "app=r*/own"}, "", {"a": "app=r"}, ["REVOKE GRANT OPTION FOR SELECT (a) ON TABLE x.t FROM app"]),
        # the owner needs no entries of columns
        ("", {"a": "own=r/own"}, "", {}, ["REVOKE SELECT (a) ON TABLE x.t FROM own"]),
        # granted on by the grantee
        (
            "",
            {"a": "app=r*/own ro=r/app"},
            "",
            {"a": "app=r"},
            [
                cut("app", "ro", "SELECT (a) ON TABLE x.t"),
                "REVOKE GRANT OPTION FOR SELECT (a) ON TABLE x.t FROM app",
            ],
        ),
        # a REVOKE on the table takes the columns' entries along
        ("app=r/own", {"a": "app=r/own"}, "", {}, ["REVOKE SELECT ON TABLE x.t FROM app"]),
        (
            "app=r/own",
            {"a": "app=r/own"},
            "",
            {"a": "app=r"},
            ["REVOKE SELECT ON TABLE x.t FROM app", "GRANT SELECT (a) ON TABLE x.t TO app"],
        ),
        ("app=a/own", {"a": "app=r/own"}, "", {"a": "app=r"}, ["REVOKE INSERT ON TABLE x.t FROM app"]),
        ("app=r*/own", {"a": "app=r/own"}, "app=r", {"a": "app=r"}, [RELEASE_APP]),
        # a GRANT does not
        ("", {"a": "app=r*/own"}, "app=r", {"a": "app=r*"}, ["GRANT SELECT ON TABLE x.t TO app"]),
        ("ro=r/own", {"a": "app=r/own"}, "", {"a": "app=r"}, ["REVOKE SELECT ON TABLE x.t FROM ro"]),
        (
            "app=r*/own",
            {"a": "app=r*/own"},
            "app=r",
            {"a": "app=r*"},
            [RELEASE_APP, "GRANT SELECT (a) ON TABLE x.t TO app WITH GRANT OPTION"],
        ),
        # also where it takes back an anchor
        (
            "app=r/member",
            {"a": "member=r/own"},
            "",
            {},
            [
                "GRANT SELECT ON TABLE x.t TO member WITH GRANT OPTION",
                cut("member", "app"),
                "REVOKE SELECT ON TABLE x.t FROM member",
                "GRANT SELECT (a) ON TABLE x.t TO member",
            ],
        ),
    ],
)
def test_columns_are_exact_too(
    have: str, columns: dict[str, str], desired: str, want_columns: dict[str, str], expected: list[str]
) -> None:
    assert planned(f"own=ar/own {have}", desired, columns, want_columns) == expected


def test_columns_follow_the_new_owner() -> None:
    assert planned("old=ar/old", "", {"a": "app=r/old"}, {"a": "app=r"}, owner="old") == []


def test_superuser_that_granted_is_told_with_the_way_out() -> None:
    with pytest.raises(PgsopError) as failed:
        planned("own=ar/own boss=r*/own app=r/boss", "")
    assert failed.value.attempted == "revoke SELECT on x.t from app"
    assert failed.value.next_step == (
        "as administrator run: ALTER TABLE x.t OWNER TO boss; then revoke it; then ALTER TABLE x.t OWNER TO own"
    )


def test_superuser_that_granted_to_strangers_is_nobodys_business() -> None:
    assert planned("own=ar/own boss=r*/own s1=r/boss", "") == []


def test_alike_objects_are_changed_at_once() -> None:
    current = Objects("r", "TABLE", "x", "own", acl("own=ar/own app=r/own"), ("x.a", "x.b"))
    changes = plan_object(current, PrivilegeTarget("own"), SCOPE)
    assert [item.text for item in statements(merge(changes), {})] == ["REVOKE SELECT ON TABLE x.a, x.b FROM app"]


@pytest.mark.parametrize("kind", ["n", "d"])
def test_cuts_go_from_the_inside_out(kind: str) -> None:
    """Who is to revoke on a column or a table still has to come to it."""
    current = Objects(
        "r",
        "TABLE",
        "x",
        "own",
        acl("own=ar/own s1=r*/own app=r/s1"),
        ("x.t",),
        columns={"a": acl("s1=r*/own app=r/s1")},
    )
    what = {"n": "U", "d": "c"}[kind]
    around = Objects(kind, "", "", "own", acl(f"own=CU/own s1={what}*/own app={what}/s1"), ("x",))
    changes = [
        change for item in (around, current) for change in plan_object(item, PrivilegeTarget("own", usage=None), SCOPE)
    ]
    cuts = [(change.kind, change.columns) for change in merge(changes) if change.as_role]
    assert cuts == [("r", ("a",)), ("r", ()), (kind, ())]
