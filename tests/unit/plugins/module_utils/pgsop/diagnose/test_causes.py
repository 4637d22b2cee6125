# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one cause: which of several, and what is said where the server speaks another language or cannot be asked."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.catalogue import MD5, NONE
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.causes import cause
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.causes_login import ALIKE
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import Evidence
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.hba_match import Decision
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionTarget
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    GOOD,
    known,
    refused,
)

PASSWORD = 'FATAL: password authentication failed for user "appuser"'
GERMAN = "FATAL: Passwort-Authentifizierung für Benutzer »appuser« fehlgeschlagen"
NOTHING = "fe_sendauth: no password supplied"


@pytest.mark.parametrize(
    ("said", "facts", "expected"),
    [
        (PASSWORD, {"matches": False}, "password.wrong"),
        ('FATAL: Peer authentication failed for user "appuser"', {"role": False}, "role.missing"),
        ('FATAL: Peer authentication failed for user "appuser"', {}, "peer.user"),
        ("FATAL: connection requires a valid client certificate", {}, "method.other"),
        (PASSWORD, {"role": False, "may_login": None, "verifier": NONE, "matches": None}, "role.missing"),
        (PASSWORD, {"expired": True, "valid_until": "2020"}, "role.expired"),
        (PASSWORD, {"expired": True, "valid_until": "2020", "matches": False}, "role.expired"),
        (PASSWORD, {"verifier": NONE, "matches": None}, "role.no_password"),
        (PASSWORD, {"verifier": MD5}, "verifier.md5"),
        (PASSWORD, {}, "password.refused"),
        # What comes later is not why a password was refused.
        (PASSWORD, {"matches": False, "may_login": False, "may_connect": False, "database": False}, "password.wrong"),
        ('FATAL: role "appuser" is not permitted to log in', {"may_login": False}, "role.nologin"),
        (NOTHING, {"matches": None}, "password.missing"),
        (NOTHING, {"matches": None, "may_login": False}, "role.nologin"),
        (NOTHING, {"matches": None, "role": False}, "role.missing"),
        (NOTHING, {"matches": None, "role_limit": 1, "role_sessions": 1}, "role.limit"),
        (NOTHING, {"matches": None, "used": 97}, "slots.full"),
        (NOTHING, {"matches": None, "open": False}, "database.closed"),
        (NOTHING, {"matches": None, "may_connect": False}, "database.no_connect"),
    ],
)
def test_what_the_catalogue_decides(said: str, facts: dict[str, Any], expected: str) -> None:
    assert cause(refused(said, found=known(**facts))).id == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"matches": False}, "password.wrong"),
        ({"role": False}, "role.missing"),
        ({"expired": True}, "role.expired"),
        ({"verifier": NONE, "matches": None}, "role.no_password"),
        ({"may_login": False}, "role.nologin"),
        ({"role_limit": 2, "role_sessions": 2}, "role.limit"),
        ({"used": 97}, "slots.full"),
        ({"database": False}, "database.missing"),
        ({"open": False}, "database.closed"),
        ({"may_connect": False}, "database.no_connect"),
        ({"database_limit": 0}, "database.limit"),
        ({"database_limit": -2}, "database.invalid"),
        ({}, "unknown"),
    ],
)
def test_a_server_of_another_language(facts: dict[str, Any], expected: str) -> None:
    assert cause(refused(GERMAN, found=known(**facts))).id == expected


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        (Decision(), "hba.no_rule"),
        (dataclasses.replace(GOOD.decision or Decision(), line=None), "hba.no_rule"),
    ],
)
def test_rules_of_a_server_of_another_language(decision: Decision, expected: str) -> None:
    assert cause(refused("FATAL: kein pg_hba.conf-Eintrag", decision=decision)).id == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (PASSWORD, "password.unclear"),
        (NOTHING, "password.missing"),
        ('FATAL: role "appuser" is not permitted to log in', "role.nologin"),
        ('FATAL: role "appuser" does not exist', "role.missing"),
        ("FATAL: no pg_hba.conf entry for host", "hba.no_rule"),
        ("FATAL: pg_hba.conf rejects connection for host", "hba.reject"),
        ('FATAL: Peer authentication failed for user "appuser"', "peer.user"),
        ('FATAL: LDAP authentication failed for user "appuser"', "method.other"),
        ('FATAL: database "appdb" does not exist', "database.missing"),
        ('FATAL: permission denied for database "appdb"', "database.no_connect"),
        ('FATAL: database "appdb" is not currently accepting connections', "database.closed"),
        ('FATAL: cannot connect to invalid database "appdb"', "database.invalid"),
        ('FATAL: too many connections for role "appuser"', "role.limit"),
        ('FATAL: too many connections for database "appdb"', "database.limit"),
        ("FATAL: sorry, too many clients already", "slots.full"),
        ("FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute", "slots.full"),
        ("server does not support SSL, but SSL was required", "ssl.off"),
        ('root certificate file "/x" does not exist', "ssl.certificate"),
        ("FATAL: the database system is starting up", "server.starting"),
        ("FATAL: the database system is shutting down", "server.stopping"),
        ("server closed the connection unexpectedly", "server.closed"),
        ("timeout expired", "server.unresponsive"),
        ('FATAL: could not access file "x": No such file or directory', "settings.session"),
        ("FATAL: must be superuser or replication role to start walsender", "role.no_replication"),
        ("FATAL: something new", "unknown"),
    ],
)
def test_what_the_client_alone_knows(said: str, expected: str) -> None:
    found = cause(refused(said, found=None, decision=None, hidden="run it with sudo"))
    assert found.id == expected
    assert found.hint
    assert found.candidates == (ALIKE if expected == "password.unclear" else ())


#: How a statement begins, or a command of psql.
STATEMENT = re.compile(r"ALTER |CREATE |DROP |GRANT |\\password ")


@pytest.mark.parametrize(
    "facts",
    [
        {"matches": False},
        {"role": False},
        {"expired": True},
        {"verifier": NONE, "matches": None},
        {"may_login": False},
        {"role_limit": 2, "role_sessions": 2},
        {"database": False},
        {"open": False},
        {"may_connect": False},
        {"database_limit": 0},
        {"database_limit": -2},
    ],
)
def test_hint_is_a_statement_if_it_says_so(facts: dict[str, Any]) -> None:
    found = cause(refused(GERMAN, found=known(**facts)))
    assert found.sql == bool(STATEMENT.match(found.hint)), found


@pytest.mark.parametrize("said", [PASSWORD, NOTHING, GERMAN, "FATAL: x", ""])
def test_a_sentence_is_no_sentence_with_a_full_stop(said: str) -> None:
    found = cause(refused(said))
    assert not found.message.endswith(".")
    assert "hush" not in found.message + found.hint


def test_a_password_file_that_others_may_read_is_the_cause(tmp_path: Any) -> None:
    password_source = dataclasses.replace(
        GOOD.target.password_source, password=None, file="/home/ada/.pgpass", named=True, passed_over="mode 0644"
    )
    evidence: Evidence = refused(
        NOTHING, target=dataclasses.replace(GOOD.target, password_source=password_source), found=known(matches=None)
    )
    assert cause(evidence).id == "pgpass.mode"
    assert cause(evidence).hint == "chmod 0600 /home/ada/.pgpass"


NO_RULE = "FATAL: no pg_hba.conf entry for host"
NO_ROLE = 'FATAL: role "ada" does not exist'
OWNERS = {"type": "local", "user_name": ["postgres"]}
EVERYBODY = {"type": "local", "user_name": ["all"]}
HOST = {"type": "host", "user_name": ["all"]}


def by_socket(said: str, *, given: bool, rules: Sequence[Mapping[str, Any]] | None, **subjects: Any) -> Evidence:
    """Evidence of user ada of the host, who typed psql with or without a role."""
    origins = {"user": "given", "dbname": "given"} if given else {}
    wanted = ConnectionTarget("/var/run/postgresql", 5432, "ada", "ada", origins=origins)
    found = None if rules is None else dataclasses.replace(known(**subjects), rules=tuple(rules))
    return refused(said, target=wanted, found=found, decision=None)


MISSING = {"role": False, "database": False}


@pytest.mark.parametrize(
    ("evidence", "sentence", "uri"),
    [
        (by_socket(NO_RULE, given=False, rules=[HOST, OWNERS], **MISSING), "only postgres is admitted", "ROLE@"),
        (by_socket(NO_RULE, given=False, rules=[HOST, OWNERS], **MISSING), "no role ada and no database ada", "ROLE@"),
        (by_socket(NO_RULE, given=True, rules=[OWNERS]), "only postgres is admitted", "ada@localhost:5432/ada"),
        (by_socket(NO_RULE, given=True, rules=[OWNERS], database=False), "has no database ada", "ada@localhost:5432/D"),
        (by_socket(NO_RULE, given=False, rules=None), "rules are usually for the administrator", "ROLE@"),
        (by_socket(NO_RULE, given=True, rules=None), "rules are usually for the administrator", "ada@localhost"),
        (by_socket(NO_ROLE, given=False, rules=[EVERYBODY], **MISSING), "no role was named", "ROLE@"),
    ],
)
def test_psql_without_a_host_leads_to_tcp_or_to_the_owner(evidence: Evidence, sentence: str, uri: str) -> None:
    found = cause(evidence)
    assert sentence in found.message
    assert found.hint.startswith("use -h localhost (host=localhost in a connection string), as in postgresql://")
    assert uri in found.hint
    assert found.hint.endswith("; or as the administrator: sudo -u postgres psql")
    assert not found.sql
    # A rule is a remedy only for names that exist.
    named = "user" in evidence.target.origins and evidence.subjects.get("database", True)
    assert bool(found.declared) is bool(named)


def test_other_rules_for_the_socket_are_not_denied() -> None:
    rule = {"type": "local", "user_name": ["backup"]}
    found = cause(by_socket(NO_RULE, given=True, rules=[OWNERS, rule]))
    assert "is admitted" not in found.message
    assert "use -h localhost" in found.hint


def test_role_that_was_named_is_to_be_created() -> None:
    found = cause(by_socket(NO_ROLE, given=True, rules=[EVERYBODY], **MISSING))
    assert (found.id, found.sql) == ("role.missing", True)


def test_an_ordinary_user_is_sent_to_sudo_for_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    hint = cause(refused(NO_RULE, found=None, decision=None)).hint
    assert hint.startswith("run the same command with sudo")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "scram-sha-256" in cause(refused(NO_RULE, found=None, decision=None)).hint


def test_database_that_nobody_named_is_not_to_be_created() -> None:
    wanted = dataclasses.replace(GOOD.target, database="appuser", origins={})
    found = cause(refused('FATAL: database "appuser" does not exist', target=wanted, found=known(database=False)))
    assert (found.id, found.sql, "CREATE" in found.hint) == ("database.missing", False, False)
    assert found.hint.startswith("name one with -d")
