# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""First match, and rules that nothing can reach."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import HbaRule, parse
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.simulate import (
    LoginAttempt,
    dead_rules,
    first_match,
)


def rule(line: str) -> HbaRule:
    """A rule from a line as it stands in the file; names without blanks or quotes."""
    kind, database, user, *rest = line.split()
    entry: dict[str, Any] = {"type": kind, "database": database.split(","), "user": user.split(",")}
    if kind != "local":
        entry["address"] = rest[0]
    return parse(dict(entry, method=rest[-1]))


def attempt(
    kind: str = "plain", database: str = "app", user: str = "amy", address: str = "127.0.0.1", groups: str = ""
) -> LoginAttempt:
    return LoginAttempt(kind, database, user, "" if kind == "local" else address, frozenset(groups.split()))


@pytest.mark.parametrize(
    ("line", "tried", "matches"),
    [
        # connection types
        ("local all all peer", attempt("local"), True),
        ("local all all peer", attempt("plain"), False),
        *[("host all all all reject", attempt(kind), kind != "local") for kind in ("local", "plain", "ssl", "gss")],
        *[("hostssl all all all reject", attempt(kind), kind == "ssl") for kind in ("local", "plain", "ssl", "gss")],
        *[
            ("hostnossl all all all reject", attempt(kind), kind in ("plain", "gss"))
            for kind in ("plain", "ssl", "gss")
        ],
        *[("hostgssenc all all all reject", attempt(kind), kind == "gss") for kind in ("plain", "ssl", "gss")],
        *[("hostnogssenc all all all reject", attempt(kind), kind != "gss") for kind in ("plain", "ssl", "gss")],
        # databases
        ("host app all all reject", attempt(), True),
        ("host App all all reject", attempt(), False),
        ("host crm,app all all reject", attempt(), True),
        ("host all all all reject", attempt(database="replication"), False),
        ("host replication all all reject", attempt(database="replication"), True),
        ("host replication all all reject", attempt(), False),
        ("host sameuser all all reject", attempt(database="amy"), True),
        ("host sameuser all all reject", attempt(), False),
        ("host samerole all all reject", attempt(database="amy"), True),
        ("host samerole all all reject", attempt(groups="app"), True),
        ("host samegroup all all reject", attempt(groups="app other"), True),
        ("host samerole all all reject", attempt(groups="other"), False),
        ("host /^ap all all reject", attempt(), True),
        ("host /p$ all all reject", attempt(), True),
        ("host /^p all all reject", attempt(), False),
        ("host /[ all all reject", attempt(), True),
        # users
        ("host all amy all reject", attempt(), True),
        ("host all Amy all reject", attempt(), False),
        ("host all bob,amy all reject", attempt(), True),
        ("host all +staff all reject", attempt(groups="staff"), True),
        ("host all +staff all reject", attempt(), False),
        ("host all +amy all reject", attempt(), True),
        ("host all staff all reject", attempt(groups="staff"), False),
        ("host all /^a.y$ all reject", attempt(), True),
        ("host all /^my all reject", attempt(), False),
        # addresses
        ("host all all 127.0.0.1/32 reject", attempt(), True),
        ("host all all 127.0.0.0/8 reject", attempt(address="127.9.9.9"), True),
        ("host all all 127.0.0.1/32 reject", attempt(address="127.0.0.2"), False),
        ("host all all 0.0.0.0/0 reject", attempt(address="203.0.113.9"), True),
        ("host all all 0.0.0.0/0 reject", attempt(address="::1"), False),
        ("host all all ::1/128 reject", attempt(address="::1"), True),
        ("host all all ::/0 reject", attempt(address="127.0.0.1"), False),
        ("host all all ::ffff:127.0.0.1/128 reject", attempt(address="127.0.0.1"), False),
        ("host all all all reject", attempt(address="2001:db8::1"), True),
        ("host all all samehost reject", attempt(), True),
        ("host all all localhost reject", attempt(), True),
    ],
)
def test_rule_matches_as_the_server_matches_it(line: str, tried: LoginAttempt, matches: bool) -> None:
    assert (first_match([rule(line)], tried) is not None) is matches


@pytest.mark.parametrize("word", ["sameuser", "samerole", "/repl", "/."])
def test_only_the_word_replication_takes_replication_connections(word: str) -> None:
    tried = attempt(database="replication", user="replication")
    assert first_match([rule(f"host {word} all all reject")], tried) is None


@pytest.mark.parametrize(
    ("tried", "expected"),
    [
        (attempt("local", user="postgres"), 0),
        (attempt("local"), None),
        (attempt(user="bob"), 1),
        (attempt(database="crm"), 3),
        (attempt(), 2),
        (attempt(address="::1"), 4),
        (attempt(address="10.0.0.1"), None),
        (attempt(database="replication"), None),
    ],
)
def test_first_match_decides(tried: LoginAttempt, expected: int | None) -> None:
    rules = [
        rule("local all postgres peer"),
        rule("host all bob 127.0.0.1/32 reject"),
        rule("host app all 127.0.0.1/32 scram-sha-256"),
        rule("host all all 127.0.0.1/32 scram-sha-256"),
        rule("host all all ::1/128 scram-sha-256"),
    ]
    found = first_match(rules, tried)
    assert found is (None if expected is None else rules[expected])


def test_without_rules_nobody_gets_in() -> None:
    assert first_match([], attempt()) is None


@pytest.mark.parametrize(
    "lines",
    [
        # one rule before it takes all
        ["local all all peer", "local all postgres peer"],
        ["local all all peer", "local all all scram-sha-256"],
        ["host all all 127.0.0.0/8 reject", "host app amy 127.0.0.1/32 scram-sha-256"],
        ["host all all all reject", "host all all 127.0.0.1/32 scram-sha-256"],
        ["host all all all reject", "host all all localhost scram-sha-256"],
        ["host all all all reject", "host all all samenet scram-sha-256"],
        ["host all all localhost reject", "host all all localhost scram-sha-256"],
        ["host all all all reject", "hostssl all +staff ::1/128 scram-sha-256"],
        ["host all all all reject", "host sameuser /^x 10.0.0.0/8 scram-sha-256"],
        ["host replication all all reject", "host replication rep 127.0.0.1/32 scram-sha-256"],
        ["host app,crm amy,bob ::1/128 reject", "host crm bob ::1/128 scram-sha-256"],
        ["host sameuser all ::1/128 reject", "host sameuser amy ::1/128 scram-sha-256"],
        ["host all +staff ::1/128 reject", "host app +staff ::1/128 scram-sha-256"],
        # words that are sure to take the loopback addresses
        ["host all all samehost reject", "host all all 127.0.0.1/32 scram-sha-256"],
        ["host all all samenet reject", "host all all ::1/128 scram-sha-256"],
        # several rules together
        ["local all amy peer", "local all bob peer", "local all amy,bob scram-sha-256"],
        ["local app all peer", "local crm all peer", "local app,crm amy scram-sha-256"],
        ["local app amy peer", "local all bob peer", "local app amy,bob scram-sha-256"],
        [
            "host all all 10.0.0.0/25 reject",
            "host all all 10.0.0.128/25 reject",
            "host all all 10.0.0.0/24 scram-sha-256",
        ],
        ["host all all ::/1 reject", "host all all 8000::/1 reject", "host all all 2001:db8::/32 scram-sha-256"],
        ["host all all 0.0.0.0/0 reject", "host all all ::/0 reject", "host all all all scram-sha-256"],
        ["hostssl all all all reject", "hostnossl all all all reject", "host all all ::1/128 scram-sha-256"],
        ["hostgssenc all all all reject", "hostnogssenc all all all reject", "host all all ::1/128 scram-sha-256"],
        [
            "hostssl all all all reject",
            "hostgssenc all all all reject",
            "hostnogssenc all all all reject",
            "host a b ::1/128 md5",
        ],
        ["hostnogssenc all all all reject", "hostssl all all ::1/128 scram-sha-256"],
        ["hostssl all amy all reject", "hostnossl app amy all reject", "host app amy 127.0.0.1/32 md5"],
    ],
)
def test_rule_that_nothing_reaches_is_found_with_those_before_it(lines: list[str]) -> None:
    rules = [rule(line) for line in lines]
    ((dead, shadows),) = dead_rules(rules)
    assert dead is rules[-1]
    assert shadows
    assert set(shadows) <= set(rules[:-1])


@pytest.mark.parametrize(
    "lines",
    [
        ["local all postgres peer", "local all all peer"],
        ["local all all peer", "host all all 127.0.0.1/32 scram-sha-256"],
        ["host all all 127.0.0.1/32 reject", "host all all 127.0.0.0/8 scram-sha-256"],
        ["host all all 127.0.0.1/32 reject", "host all all ::1/128 scram-sha-256"],
        ["host all all 0.0.0.0/0 reject", "host all all all scram-sha-256"],
        ["host all all 127.0.0.1/32 reject", "host all all samehost scram-sha-256"],
        ["host all all samehost reject", "host all all samenet scram-sha-256"],
        ["host all all samehost reject", "host all all 127.0.0.2/32 scram-sha-256"],
        ["host all all db.example.com reject", "host all all 127.0.0.1/32 scram-sha-256"],
        ["host all all all reject", "host replication all ::1/128 scram-sha-256"],
        ["host replication all all reject", "host all all ::1/128 scram-sha-256"],
        ["host app all ::1/128 reject", "host all all ::1/128 scram-sha-256"],
        ["host all amy ::1/128 reject", "host all all ::1/128 scram-sha-256"],
        ["host all amy ::1/128 reject", "host all +amy ::1/128 scram-sha-256"],
        ["host all +amy ::1/128 reject", "host all bob ::1/128 scram-sha-256"],
        ["host sameuser all ::1/128 reject", "host app amy ::1/128 scram-sha-256"],
        ["host app amy ::1/128 reject", "host crm amy ::1/128 reject", "host app,crm amy,bob ::1/128 scram-sha-256"],
        ["host app amy ::1/128 reject", "host crm bob ::1/128 reject", "host app,crm amy,bob ::1/128 scram-sha-256"],
        [
            "host all all 10.0.0.0/25 reject",
            "host all all 10.0.0.192/26 reject",
            "host all all 10.0.0.0/24 scram-sha-256",
        ],
        ["hostssl all all all reject", "hostnossl all all 127.0.0.1/32 reject", "host all all ::1/128 scram-sha-256"],
        ["hostssl all all all reject", "host all all ::1/128 scram-sha-256"],
        ["hostssl all all all reject", "hostnogssenc all all all reject", "host all all ::1/128 scram-sha-256"],
        ["host App all ::1/128 reject", "host app all ::1/128 scram-sha-256"],
        ["host /.* all ::1/128 reject", "host app all ::1/128 scram-sha-256"],
        ["host all all ::ffff:0:0/96 reject", "host all all 127.0.0.1/32 scram-sha-256"],
        ["host all all localhost reject", "host all all 127.0.0.1/32 scram-sha-256"],
        ["host app,crm all ::1/128 reject"],
        [],
    ],
)
def test_rule_that_something_reaches_is_kept(lines: list[str]) -> None:
    assert dead_rules([rule(line) for line in lines]) == []


def test_every_dead_rule_is_found_and_the_living_ones_are_not() -> None:
    lines = [
        "local all all peer",
        "local app amy peer",
        "host all all ::1/128 md5",
        "local crm bob peer",
        "host a b ::1/128 md5",
    ]
    rules = [rule(line) for line in lines]
    assert [dead for dead, _shadows in dead_rules(rules)] == [rules[1], rules[3], rules[4]]


def test_shadows_are_all_of_the_rules_that_take_part() -> None:
    rules = [
        rule(line) for line in ("local app amy peer", "local x y peer", "local all bob peer", "local app amy,bob md5")
    ]
    assert dead_rules(rules) == [(rules[3], [rules[0], rules[2]])]


def test_hundreds_of_pairs_are_judged() -> None:
    lines = [f"host d{n} u{n} {address} scram-sha-256" for n in range(150) for address in ("127.0.0.1/32", "::1/128")]
    rules = [rule(line) for line in lines]
    assert dead_rules(rules) == []


@pytest.mark.parametrize(
    ("database", "user", "tried", "matches"),
    [
        ('"all"', "all", LoginAttempt("local", "all", "app"), True),
        ('"all"', "all", LoginAttempt("local", "crm", "app"), False),
        ('"replication"', "all", LoginAttempt("local", '"replication"', "app"), True),
        ('"replication"', "all", LoginAttempt("local", "replication", "app"), False),
        ("replication", "all", LoginAttempt("local", '"replication"', "app"), False),
        ("all", "all", LoginAttempt("local", '"replication"', "app"), True),
        ('"sameuser"', "all", LoginAttempt("local", "app", "app"), False),
        ("all", '"all"', LoginAttempt("local", "crm", "all"), True),
        ("all", '"all"', LoginAttempt("local", "crm", "app"), False),
        ("all", '"+staff"', LoginAttempt("local", "crm", "+staff"), True),
        ("all", '"+staff"', LoginAttempt("local", "crm", "app", groups=frozenset({"staff"})), False),
    ],
)
def test_word_in_quotes_is_a_plain_name(database: str, user: str, tried: LoginAttempt, matches: bool) -> None:
    assert (first_match([HbaRule("local", (database,), (user,), "peer")], tried) is not None) is matches


def test_keyword_covers_a_quoted_name_and_not_the_other_way_round() -> None:
    keyword, name = HbaRule("local", ("all",), ("app",), "peer"), HbaRule("local", ('"all"',), ("app",), "peer")
    assert [dead for dead, _shadows in dead_rules([keyword, name])] == [name]
    assert dead_rules([name, keyword]) == []
