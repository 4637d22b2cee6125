# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused on a host for local use, and who would be locked out."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.policy import (
    WEAK_METHODS,
    is_loopback,
    lockouts,
    md5_lockouts,
    problems,
    unknown_to_version,
    unusable_without_ssl,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import HbaRule, parse

ADMIN = "local all postgres peer"
SOP = [ADMIN, "host all all 127.0.0.1/32 scram-sha-256", "host all all ::1/128 scram-sha-256"]


def rule(line: str, exception: str = "") -> HbaRule:
    kind, database, user, *rest = line.split()
    entry: dict[str, Any] = {"type": kind, "database": database.split(","), "user": user.split(",")}
    if kind != "local":
        entry["address"] = rest[0]
    return parse(dict(entry, method=rest[-1], exception=exception))


def rules(*lines: str, exception: str = "") -> list[HbaRule]:
    return [rule(line, exception) for line in lines]


@pytest.mark.parametrize(
    "lines",
    [
        SOP,
        [ADMIN],
        ["local all all peer"],
        ["local all postgres peer", "host app amy 127.0.0.0/8 scram-sha-256"],
        ["local all postgres,backup peer", "local replication backup peer"],
        [ADMIN, "host all all localhost scram-sha-256"],
        [ADMIN, "hostssl all all 127.0.0.1/32 cert"],
        [ADMIN, "host all mallory all reject", *SOP[1:]],
    ],
)
def test_good_file_has_no_problems(lines: list[str]) -> None:
    assert problems(rules(*lines), administrator="postgres") == []


@pytest.mark.parametrize("method", sorted(WEAK_METHODS))
def test_weak_method_is_refused_unless_a_reason_is_given(method: str) -> None:
    line = f"host app amy 127.0.0.1/32 {method}"
    (problem,) = problems(rules(*SOP[:1], line), administrator="postgres")
    assert f"'{line}': {method} {WEAK_METHODS[method]}: use scram-sha-256" in problem
    assert problem.endswith("give the rule a key exception with the reason")
    assert problems([rule(ADMIN), rule(line, "Until March.")], administrator="postgres") == []


def test_trust_over_the_socket_is_refused_too() -> None:
    (problem,) = problems(rules(ADMIN, "local all all trust"), administrator="postgres")
    assert "trust lets anybody in without a password" in problem


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1/32", True),
        ("127.0.0.0/8", True),
        ("127.255.0.0/16", True),
        ("::1/128", True),
        ("localhost", True),
        ("126.0.0.0/7", False),
        ("128.0.0.1/32", False),
        ("0.0.0.0/0", False),
        ("::/0", False),
        ("::/127", False),
        ("::2/128", False),
        ("::ffff:127.0.0.1/128", False),
        ("fe80::1/128", False),
        ("10.0.0.1/32", False),
        ("all", False),
        ("samehost", False),
        ("samenet", False),
        ("Localhost", False),
        ("localhost.example.com", False),
        (".localhost", False),
    ],
)
def test_only_loopback_addresses_are_let_in_without_a_reason(address: str, loopback: bool) -> None:
    line = f"host app amy {address} scram-sha-256"
    assert is_loopback(rule(line)) is loopback
    found = problems(rules(ADMIN, line), administrator="postgres")
    assert ["is not a loopback address" in problem for problem in found] == [True] * (not loopback)
    assert problems([rule(ADMIN), rule(line, "The report server.")], administrator="postgres") == []


def test_reject_needs_no_reason() -> None:
    assert problems(rules(ADMIN, "host all all all reject"), administrator="postgres") == []


def test_both_weaknesses_of_a_rule_are_told() -> None:
    assert len(problems(rules(ADMIN, "host all all 0.0.0.0/0 trust"), administrator="postgres")) == 2


def test_exception_does_not_excuse_a_dead_rule() -> None:
    found = problems([*rules("local all all peer"), rule("local all amy trust", "x")], administrator="postgres")
    assert found == [
        "'local all amy trust' can never match, because of 'local all all peer' before it: put it first or drop it"
    ]


# the administrator


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["host all all 127.0.0.1/32 scram-sha-256"],
        ["local all postgres scram-sha-256"],
        ["local all all scram-sha-256", "local all postgres peer"],
        ["local all postgres reject"],
        ["local postgres postgres peer"],
        ["local app postgres peer", "local all all scram-sha-256"],
        ["local app all scram-sha-256", "local all postgres peer"],
        ["local app postgres reject", "local all postgres peer"],
        ["local all Postgres peer"],
        ["local all +postgres_admins peer"],
        ["local replication postgres peer"],
        ["local sameuser postgres peer"],
        ["local sameuser all scram-sha-256", "local all postgres peer"],
    ],
)
def test_file_that_locks_out_the_administrator_is_refused(lines: list[str]) -> None:
    (problem,) = lockouts(rules(*lines), "postgres")
    assert problem.startswith("the local login of postgres by peer would be locked out (")
    assert problem.endswith("start with 'local all postgres peer'")


@pytest.mark.parametrize(
    "lines",
    [
        ["local /^app all scram-sha-256", "local all postgres peer"],
        ["local /. all reject", "local all postgres peer"],
    ],
)
def test_expression_that_locks_the_administrator_out_of_some_databases_is_refused(lines: list[str]) -> None:
    """Backups reach every database as postgres."""
    assert lockouts(rules(*lines), "postgres")


def test_sameuser_locks_out_an_administrator_of_another_name() -> None:
    assert lockouts(rules("local sameuser all scram-sha-256", "local all admin peer"), "admin")


@pytest.mark.parametrize(
    "lines",
    [
        [ADMIN],
        ["local all all peer"],
        ["local all +postgres peer"],
        ["local all /^postgres$ peer"],
        ["local app amy scram-sha-256", ADMIN],
        ["local replication all scram-sha-256", ADMIN],
        ["local app,postgres postgres peer", "local all all peer"],
        ["local samerole amy scram-sha-256", ADMIN],
        ["local /^app amy scram-sha-256", ADMIN],
    ],
)
def test_file_that_lets_the_administrator_in_is_fine(lines: list[str]) -> None:
    assert lockouts(rules(*lines), "postgres") == []


def test_administrator_is_the_clusters_owner() -> None:
    assert lockouts(rules(ADMIN), "pgadmin")
    assert lockouts(rules("local all pgadmin peer"), "pgadmin") == []


# roles with an md5 verifier


@pytest.mark.parametrize(
    ("lines", "locked"),
    [
        (SOP, True),
        (["host app all 127.0.0.1/32 scram-sha-256"], True),
        (["host all old ::1/128 scram-sha-256"], True),
        (["hostssl all old 127.0.0.1/32 scram-sha-256"], True),
        (["local all old scram-sha-256"], True),
        (["host all +legacy 127.0.0.1/32 scram-sha-256"], True),
        (["host all old 127.0.0.1/32 md5", *SOP[1:]], True),  # IPv6 is left
        (["host all old 127.0.0.1/32 md5", "host all old ::1/128 md5", *SOP[1:]], False),
        (["host all +legacy 127.0.0.1/32 md5", "host all +legacy ::1/128 md5", *SOP[1:]], False),
        (["host app old 127.0.0.1/32 md5", "host app old ::1/128 md5", *SOP[1:]], True),  # other databases are left
        (["host all old localhost reject", *SOP[1:]], True),  # nobody knows what the name stands for
        (["host all old 127.0.0.1/32 reject", "host all old ::1/128 reject", *SOP[1:]], False),
        (["host all old samenet md5", *SOP[1:]], False),
        (["host all amy 127.0.0.1/32 scram-sha-256"], False),
        (["host all +other 127.0.0.1/32 scram-sha-256"], False),
        (["local all old peer"], False),
        (["host all old 127.0.0.1/32 md5"], False),
        (["host replication all 127.0.0.1/32 md5"], False),
        ([], False),
    ],
)
def test_md5_role_that_meets_a_scram_rule_is_locked_out(lines: list[str], locked: bool) -> None:
    found = md5_lockouts(rules(*lines, exception="x"), {"old": {"old", "legacy"}})
    assert found == (["old"] if locked else [])


def test_locked_out_roles_are_listed_in_order() -> None:
    roles = {name: {name} for name in ("zoe", "amy", "bob")}
    assert md5_lockouts(rules("host all amy,zoe ::1/128 scram-sha-256"), roles) == ["amy", "zoe"]


@pytest.mark.parametrize(
    "lines",
    [
        ["host all all 127.0.0.1/32 md5", "host all all ::1/128 md5", "host all all 10.0.0.0/8 scram-sha-256"],
        ["host all all 127.0.0.2/32 scram-sha-256"],
        ["host all old backup.example.com md5", *SOP[1:]],
        ["host all all 2001:db8::/32 scram-sha-256"],
    ],
)
def test_md5_role_that_meets_scram_from_elsewhere_than_127_0_0_1_is_locked_out(lines: list[str]) -> None:
    assert md5_lockouts(rules(*lines, exception="x"), {"old": {"old"}}) == ["old"]


@pytest.mark.parametrize("word", ["sameuser", "samerole", "/^app", "/."])
def test_md5_role_that_meets_scram_in_some_databases_is_locked_out(word: str) -> None:
    assert md5_lockouts(rules(f"host {word} all 127.0.0.1/32 scram-sha-256"), {"old": {"old", "legacy"}}) == ["old"]


# TLS


@pytest.mark.parametrize(
    ("line", "usable"),
    [
        ("hostssl all all ::1/128 scram-sha-256", False),
        ("hostssl all all ::1/128 cert", False),
        ("host all all ::1/128 scram-sha-256", True),
        ("hostnossl all all ::1/128 scram-sha-256", True),
        ("hostnogssenc all all ::1/128 scram-sha-256", True),
        ("local all all peer", True),
    ],
)
def test_rule_for_tls_is_refused_while_ssl_is_off(line: str, usable: bool) -> None:
    found = unusable_without_ssl(rules(line))
    assert found == ([] if usable else [f"'{line}' can never match, because the server's ssl is off"])


@pytest.mark.parametrize(
    ("line", "version", "told"),
    [
        ("host /^app all ::1/128 scram-sha-256", 15, True),
        ("host all amy,/^a ::1/128 scram-sha-256", 13, True),
        ("host /^app all ::1/128 scram-sha-256", 16, False),
        ("host all all ::1/128 scram-sha-256", 15, False),
    ],
)
def test_regular_expression_is_refused_where_the_server_knows_none(line: str, version: int, told: bool) -> None:
    assert bool(unknown_to_version(rules(line), version)) is told
