# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refused logins: what the owner is told leads to one next step, the one that helps."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import scram
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases import (
    login_hint as login_hint_module,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.login_hint import login_hint
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

CLUSTER = Cluster(17, "main", 5433, True, "postgres", "/d", "/c", "/log", "/var/run/postgresql")
PASSWORD = "correct-horse-battery"
FINE = {
    "may_login": True,
    "stored": scram.verifier(PASSWORD, iterations=1),
    "expired": False,
    "role_limit": -1,
    "database_limit": -1,
    "database_there": True,
    "database_open": True,
    "may_connect": True,
    "role_sessions": 3,
    "database_sessions": 9,
    "listen_addresses": "localhost",
    "encrypts": False,
}
NO_RULE = "FATAL: no pg_hba.conf entry"
DENIED = "FATAL: password authentication failed"
CROWD = "FATAL: sorry, too many clients already"


class Owner:
    """Stands for the session of the owner."""

    def __init__(self) -> None:
        self.rows_found: list[dict[str, Any]] = [dict(FINE)]
        self.refuses: PgsopError | None = None
        self.asked: list[tuple[str, object]] = []

    @contextlib.contextmanager
    def connect(self, cluster: Cluster) -> Iterator[Owner]:
        assert cluster is CLUSTER
        if self.refuses is not None:
            raise self.refuses
        yield self

    def rows(self, statement: str, parameters: object) -> list[dict[str, Any]]:
        self.asked.append((statement, parameters))
        return self.rows_found


@pytest.fixture(name="owner")
def _owner(monkeypatch: pytest.MonkeyPatch) -> Owner:
    owner = Owner()
    monkeypatch.setattr(login_hint_module, "connect", owner.connect)
    return owner


def step(*answers: str, password: str = PASSWORD) -> str:
    return login_hint(CLUSTER, "appuser", "appdb", password, answers or (DENIED,))


@pytest.mark.parametrize(
    ("facts", "answers", "told"),
    [
        (
            {"listen_addresses": "10.0.0.1, ::1"},
            [],
            "add localhost to listen_addresses; '10.0.0.1, ::1' leaves loopback out",
        ),
        ({"listen_addresses": ""}, [], "add localhost to listen_addresses; '' leaves loopback out"),
        ({}, [NO_RULE, "no SSL here"], "add a rule that lets appuser in from 127.0.0.1 to appdb"),
        ({"encrypts": True}, [NO_RULE, NO_RULE], "add a rule that lets appuser in"),
        ({"encrypts": True, "expired": True}, [NO_RULE, DENIED], "set valid_until of appuser to a later time"),
        ({"may_login": False, "stored": None}, [], "declare appuser with login, or without a password"),
        ({"stored": None}, [], "set a password for appuser: the server has none stored"),
        ({"expired": True}, [], "its password has expired"),
        ({"stored": "md5" + "0" * 32}, [], "set the declared password: what the server has stored"),
        ({"database_there": False, "database_open": False}, [], "there is no such database"),
        ({"database_open": False}, [], "look at datallowconn of appdb in pg_database"),
        ({"may_connect": False}, [], "declare CONNECT on appdb for appuser"),
        ({"role_limit": 0}, [CROWD], "raise connection_limit of appuser: 0 lets nobody in"),
        ({"role_limit": 3}, [CROWD], "or raise it: connection_limit of appuser (3) is reached"),
        ({"role_limit": 4}, [CROWD], "or raise it: a connection limit, or max_connections, is reached"),
        ({"database_limit": 0}, [CROWD], "raise connection_limit of appdb: 0 lets nobody in but superusers"),
        ({"database_limit": 9}, [CROWD], "or raise it: connection_limit of appdb (9) is reached"),
        ({}, ["FATAL: remaining connection slots are reserved"], "wait for sessions in pg_stat_activity to end"),
        ({}, [], "look at the end of /log; the stored password is the declared one"),
    ],
)
def test_next_step_is_the_one_that_helps(owner: Owner, facts: dict[str, Any], answers: list[str], told: str) -> None:
    owner.rows_found[0].update(facts)
    assert told in step(*answers)
    assert owner.asked == [(login_hint_module.QUESTION, ("appdb", "appuser"))]


@pytest.mark.parametrize(
    "addresses", ["*", "localhost", "127.0.0.1", "::,0.0.0.0", "::1,127.0.0.1", "10.0.0.1 , localhost"]
)
def test_loopback_is_known_in_any_writing(owner: Owner, addresses: str) -> None:
    owner.rows_found[0]["listen_addresses"] = addresses
    assert "listen_addresses" not in step()


def test_wrong_password_is_told_but_not_shown(owner: Owner) -> None:
    told = step(password="another-password")
    assert told == "set the declared password: what the server has stored for appuser is no SCRAM verifier of it"


def test_role_that_is_not_there_is_told(owner: Owner) -> None:
    owner.rows_found = []
    assert step() == "look for appuser in pg_roles: there is no such role"


def test_silent_server_is_told(owner: Owner) -> None:
    owner.refuses = PgsopError(attempted="query", target="x", answer="gone", next_step="look")
    assert step() == "look at 'systemctl status postgresql@17-main.service' and the end of /log"


def test_question_has_as_many_parameters_as_are_given() -> None:
    assert login_hint_module.QUESTION.count("%") == 2
