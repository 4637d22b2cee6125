# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server and the view of a client library: the facts about the server reach the prediction."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.names import NAMES
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import PASSWORD, WRONG, DiagnosisHost

#: The first with scram_iterations.
ITERATIONS_SINCE = 16


def ids(office: DiagnosisHost, client: str, dsn: str = "") -> tuple[bool | None, str, list[str]]:
    """Whether it works, the cause, and the differences."""
    found = office.look(dsn, as_client=client)
    assert found.client
    assert (found.cause is None) is bool(found.works)
    return found.works, found.cause.id if found.cause else "", [each.id for each in found.client.differences]


def test_the_server_has_no_ssl(office: DiagnosisHost) -> None:
    refused = (False, "client.sslmode_default", ["client.sslmode_default"])
    assert ids(office, "lib-pq") == refused
    assert ids(office, "lib-pq", office.uri(more="?sslmode=disable")) == (True, "", [])
    assert ids(office, "prisma", office.uri(more="?sslmode=prefer"))[1] == "client.sslmode_read_otherwise"


def test_the_verifier_has_too_many_iterations(office: DiagnosisHost) -> None:
    if office.major < ITERATIONS_SINCE:
        pytest.skip("no scram_iterations")
    office.secretly("SET scram_iterations = 200000", f"ALTER ROLE appuser PASSWORD '{PASSWORD}'")
    assert ids(office, "node-postgres") == (False, "client.iterations_refused", ["client.iterations_refused"])
    assert ids(office, "psycopg") == (True, "", [])


def test_a_parameter_of_prisma(office: DiagnosisHost) -> None:
    dsn = office.uri(more="?schema=app")
    assert ids(office, "prisma", dsn) == (True, "", ["client.parameter_ignored"])
    assert ids(office, "psycopg", dsn) == (False, "client.parameter_refused", ["client.parameter_refused"])


def test_a_wrong_password_stays_the_cause(office: DiagnosisHost) -> None:
    found = ids(office, "prisma", office.uri(password=WRONG, more="?sslmode=prefer"))
    assert found == (False, "password.wrong", ["client.sslmode_read_otherwise"])


def test_a_password_of_other_characters(office: DiagnosisHost) -> None:
    office.secretly("ALTER ROLE appuser PASSWORD U&'\\FF21bc'")
    dsn = office.uri(password="%EF%BC%A1bc")
    assert ids(office, "postgres.js", dsn) == (False, "client.saslprep", ["client.saslprep"])
    assert ids(office, "psycopg", dsn) == (True, "", [])


@pytest.mark.parametrize("client", NAMES)
def test_every_client_has_a_prediction(office: DiagnosisHost, client: str) -> None:
    found = office.look(as_client=client).as_dict()["client"]
    assert found
    assert found["name"] == client
    assert all(each["message"] and each["remedy"] for each in found["differences"])
