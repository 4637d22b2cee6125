# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HBA rules that are refused: same file, same rules in force, same postmaster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Server
    from faults.tests.conftest import Change, Refuse, RefuseAll

#: These tests do not depend on the platform.
PLATFORM = "last"

Rule = dict[str, Any]
ADMIN: Rule = {"type": "local", "user": ["postgres"], "method": "peer"}
PASSWORD: Rule = {"type": "host", "address": "127.0.0.1/32", "method": "scram-sha-256"}


def tcp(method: str, **keys: Any) -> Rule:
    return {"type": "host", "address": "127.0.0.1/32", "method": method} | keys


BAD: dict[str, tuple[list[Rule], list[str]]] = {
    "trust": ([ADMIN, tcp("trust")], ["'host all all 127.0.0.1/32 trust'", "lets anybody in without a password"]),
    "local trust": ([{"type": "local", "method": "trust"}], ["'local all all trust'", "lets anybody in"]),
    "md5": ([ADMIN, tcp("md5")], ["'host all all 127.0.0.1/32 md5'", "use scram-sha-256", "key exception"]),
    "password": ([ADMIN, tcp("password")], ["sends the password in clear"]),
    "ident": ([ADMIN, tcp("ident")], ["believes what the client's host says"]),
    "another network": ([ADMIN, tcp("scram-sha-256", address="10.0.0.0/8")], ["10.0.0.0/8 is not a loopback address"]),
    "every network": ([ADMIN, tcp("scram-sha-256", address="all")], ["all is not a loopback address"]),
    "shadowed": (
        [ADMIN, PASSWORD, tcp("reject", user=["app"])],
        ["'host all app 127.0.0.1/32 reject' can never match, because of 'host all all 127.0.0.1/32 scram-sha-256'"],
    ),
    "twice": ([ADMIN, ADMIN], ["'local all postgres peer' can never match, because of 'local all postgres peer'"]),
    "no local rule": ([PASSWORD], ["the local login of postgres by peer would be locked out", "no rule matches it"]),
    "no rule": ([], ["the local login of postgres by peer would be locked out"]),
    "administrator too late": (
        [{"type": "local", "method": "scram-sha-256"}, ADMIN, PASSWORD],
        [
            "would be locked out ('local all all scram-sha-256' decides about it)",
            "start with 'local all postgres peer'",
        ],
    ),
    "TLS without TLS": ([ADMIN, PASSWORD | {"type": "hostssl"}], ["the server's ssl is off"]),
    "unknown method": ([ADMIN, tcp("scram")], ["rule 2: method 'scram' is not one of peer, scram-sha-256"]),
    "bare address": ([ADMIN, PASSWORD | {"address": "127.0.0.1"}], ["rule 2: address '127.0.0.1' needs a prefix"]),
}


@pytest.fixture(scope="module")
def errors(refuse_all: RefuseAll) -> dict[str, str]:
    return refuse_all("pg_hba", {case: {"rules": rules} for case, (rules, _words) in BAD.items()})


@pytest.mark.parametrize("case", BAD)
def test_bad_rule_is_refused_with_file_rule_and_next_step(server: Server, errors: dict[str, str], case: str) -> None:
    _rules, words = BAD[case]
    for word in [*words, f"{server.config}/pg_hba.conf", "Next step: correct the rules; nothing was changed"]:
        assert word in errors[case]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (tcp("ldap", exception="The old directory."), ["line 6", "ldap"]),
        (tcp("scram-sha-256", options={"krb_realm": "X"}), ["krb_realm"]),
    ],
)
def test_rule_that_only_the_server_refuses_is_put_back(
    server: Server, refuse: Refuse, rule: Rule, words: list[str]
) -> None:
    error = refuse("pg_hba", rules=[ADMIN, rule])
    for word in [*words, f"{server.config}/pg_hba.conf", "the server refuses line", "the previous state was put back"]:
        assert word in error
    assert "Next step: correct the rule" in error


@pytest.fixture
def md5_role(server: Server) -> Iterator[None]:
    server.sql(
        "SET password_encryption = 'md5'; SET log_statement = 'none'; CREATE ROLE crm LOGIN PASSWORD 'from-2009'"
    )
    assert server.sql("SELECT left(rolpassword, 3) FROM pg_authid WHERE rolname = 'crm'") == "md5"
    yield
    server.sql("DROP ROLE crm")


@pytest.mark.usefixtures("md5_role")
def test_role_with_an_md5_password_is_listed_before_scram_would_lock_it_out(
    server: Server, change: Change, refuse: Refuse
) -> None:
    error = refuse("pg_hba", rules=[ADMIN, PASSWORD])
    for word in [
        f"{server.config}/pg_hba.conf",
        "md5 verifier and could not log in: crm",
        r"\password ROLE",
        "method md5",
    ]:
        assert word in error
    exempt = tcp("md5", user=["crm"], exception="Until the driver learns SCRAM in March.")
    accepted = change("pg_hba", rules=[ADMIN, exempt, PASSWORD], check=True)
    assert not accepted["failed"], accepted
    assert accepted["md5_roles"] == ["crm"]
