# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that several causes share are resolved by the server's side."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.error_text import ApplicationError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import Evidence
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import report
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.reported import explain, unchecked
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    CLUSTER,
    GOOD,
    known,
    refused,
)

NO_PASSWORD = "fe_sendauth: no password supplied"
SHUT = dataclasses.replace(GOOD.reach, listening=(), open=())
NOWHERE = refused("Connection refused", reach=SHUT, place=dataclasses.replace(GOOD.place, cluster=None, running=None))


def asked(**facts: object) -> Evidence:
    """The server asks for a password, and the diagnosis has none."""
    return refused(NO_PASSWORD, found=known(matches=None, **facts))


@pytest.mark.parametrize(
    ("fault", "evidence", "cause"),
    [
        ("password", asked(), "password.wrong"),
        ("password", asked(role=False), "role.missing"),
        ("password", asked(expired=True, valid_until="2020-01-01"), "role.expired"),
        ("password", asked(verifier="none"), "role.no_password"),
        ("password", dataclasses.replace(asked(), found=None), "password.unclear"),
        ("password", GOOD, "password.wrong"),
        ("role_limit", asked(role_limit=1, role_sessions=1), "role.limit"),
        ("role_limit", asked(), "role.limit"),
        ("no_database", asked(database=False), "database.missing"),
        ("no_ssl", asked(), "ssl.off"),
        ("no_password", asked(), "password.missing"),
        ("client_option", asked(), "dsn.invalid"),
        ("client_option", refused("invalid SSL protocol version range"), "client.parameter"),
        ("refused", NOWHERE, "server.absent"),
        ("timeout", NOWHERE, "server.absent"),
        ("refused", asked(), "port.wrong"),
        ("role_limit", asked(may_login=False), "role.nologin"),
        ("", asked(), "password.missing"),
    ],
)
def test_the_first_cause(fault: str, evidence: Evidence, cause: str) -> None:
    found = explain(ApplicationError(fault=fault), evidence)
    assert found is not None
    assert found.id == cause


def test_what_the_server_does_not_show_is_past() -> None:
    shown = explain(ApplicationError(fault="role_limit"), asked(role_limit=1, role_sessions=1))
    past = explain(ApplicationError(fault="role_limit"), asked())
    assert shown is not None
    assert past is not None
    assert shown.hint != past.hint


@pytest.mark.parametrize(("fault", "remarks"), [("refused", 1), ("role_limit", 1), ("", 0)])
def test_a_connection_that_works_now(fault: str, remarks: int) -> None:
    found = report(GOOD, ApplicationError(fault=fault))
    assert (found.works, found.cause) == (True, None)
    assert [remark.split(":")[0] for remark in found.remarks] == ["application's error"] * remarks


@pytest.mark.parametrize("fault", ["password", "no_ssl", "iterations", "pool"])
def test_what_only_the_application_has_stays_a_fault(fault: str) -> None:
    found = report(GOOD, ApplicationError(fault=fault))
    assert not found.works
    assert found.cause is not None


@pytest.mark.parametrize(("guessed", "cause"), [(True, "password.wrong"), (False, "server.absent")])
def test_a_guess_that_leads_nowhere_is_no_cause(guessed: bool, cause: str) -> None:
    found = explain(ApplicationError(fault="password", guessed=guessed), NOWHERE)
    assert found is not None
    assert found.id == cause


def test_no_role_is_invented() -> None:
    evidence = dataclasses.replace(NOWHERE, place=dataclasses.replace(NOWHERE.place, others=((CLUSTER, 5433),)))
    target = dataclasses.replace(evidence.target, user="root", database="root", origins={"host": "given"})
    found = explain(ApplicationError(fault="refused"), dataclasses.replace(evidence, target=target))
    assert found is not None
    assert (found.id, found.hint.endswith("//ROLE@localhost:5433/DATABASE")) == ("port.wrong", True)


def test_without_a_server_the_text_is_all() -> None:
    assert unchecked(ApplicationError(fault="password")).candidates[0] == "password.wrong"
    assert unchecked(ApplicationError(fault="role_limit")).candidates == ()
    assert unchecked(ApplicationError()).id == "error.unknown"
