# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A diagnosis from the view of a client."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import examine
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.as_client import changes
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.connection_source import (
    ConnectionSource,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import Evidence
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import (
    Diagnosis,
    diagnose,
    report,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    GOOD,
    known,
    refused,
)

URL = "postgresql://appuser:hush@localhost:5432/appdb"


def seen(client: str, dsn: str = URL, evidence: Evidence = GOOD) -> Diagnosis:
    found = report(evidence)
    request = ConnectionRequest(dsn=dsn, as_client=client)
    return dataclasses.replace(found, **changes(request, evidence, found.steps if found.works else ()))


def test_a_client_without_a_difference_changes_nothing_else() -> None:
    found, plain = seen("psycopg2").as_dict(), report(GOOD).as_dict()
    assert found["client"]
    assert (found["client"]["verdict"], found["client"]["differences"]) == ("same", [])
    assert {**found, "client": None} == plain


def test_a_connection_that_works_only_for_libpq_does_not_work() -> None:
    found = seen("prisma", f"{URL}?sslmode=prefer")
    assert found.works is False
    assert found.cause
    assert (found.cause.id, found.cause.hint) == ("client.sslmode_read_otherwise", "use sslmode=disable")
    assert [(step.name, step.status) for step in found.steps[-2:]] == [("libpq", "OK"), ("client", "CRITICAL")]
    assert found.session == {}
    assert found.reasons_to_fail("critical")
    assert "hush" not in json.dumps(found.as_dict())


def test_a_harmless_difference_is_a_remark() -> None:
    found = seen("prisma", f"{URL}?schema=app")
    assert found.works
    assert found.client
    assert found.client.verdict == "differs"
    assert [remark for remark in found.remarks if remark.startswith("parameter schema")]


def test_a_parameter_that_the_client_accepts_is_no_fault() -> None:
    assert seen("pgx", f"{URL}?search_path=app&sslmode=disable").works
    assert seen("psycopg", f"{URL}?search_path=app").works is False


def test_the_cause_of_the_server_comes_first() -> None:
    wrong = refused('FATAL: password authentication failed for user "appuser"', found=known(matches=False))
    found = seen("prisma", f"{URL}?sslmode=prefer", wrong)
    assert found.cause
    assert found.cause.id == "password.wrong"
    assert found.client
    assert found.client.verdict == "fails"


def test_the_verifier_and_the_addresses_count() -> None:
    found = dataclasses.replace(GOOD, found=known(iterations=200_000))
    assert [each.id for each in prediction("node-postgres", found)] == ["client.iterations_refused"]
    ipv6 = dataclasses.replace(GOOD.reach, addresses=("::1", "127.0.0.1"), open=("::1",))
    found = dataclasses.replace(GOOD, reach=ipv6)
    assert [each.id for each in prediction("jdbc", found, "jdbc:postgresql://localhost/appdb")] == [
        "client.ipv6_not_tried"
    ]


def prediction(client: str, evidence: Evidence, dsn: str = URL) -> tuple[Any, ...]:
    found = seen(client, dsn, evidence).client
    assert found
    return found.differences


def test_the_string_of_a_process_counts_as_it_is_in_its_variable() -> None:
    variables = {"DATABASE_URL": f"{URL}?sslmode=prefer", "PROXY": "https://proxy.example"}
    request = ConnectionRequest(source=ConnectionSource(variables), as_client="node-postgres")
    found = changes(request, GOOD, ())["client"]
    assert [each.id for each in found.differences] == ["client.sslmode_read_otherwise"]


def test_a_string_that_cannot_be_used_has_no_prediction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "list_clusters", list)
    found = diagnose(ConnectionRequest(dsn=f"{URL}/", as_client="pgx")).as_dict()
    assert found["cause"]
    assert found["cause"]["id"] == "dsn.invalid"
    assert found["client"]
    assert found["client"]["verdict"] == "unknown"
