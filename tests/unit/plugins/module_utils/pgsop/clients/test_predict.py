# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Predictions against what real clients did."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.catalogue import CLIENTS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.predict import Prediction
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.clients import recorded
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.clients.strings import PASSWORDS

ROWS = recorded.read()
#: Strings that each client gets at least; psqlODBC has no URL.
LEAST = 29


@pytest.mark.parametrize("name", CLIENTS)
def test_predictions_are_what_the_real_client_did(name: str) -> None:
    mine = [row for row in ROWS if row.client == name]
    assert len(mine) >= LEAST
    wrong = [(row.case, row.outcome, recorded.predicted(row)) for row in mine if recorded.predicted(row) != row.outcome]
    assert wrong == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.case == "wrong_password"], ids=lambda row: row.client)
def test_how_often_a_wrong_password_was_sent(row: recorded.Row) -> None:
    """To a name with two addresses."""
    attempts = CLIENTS[row.client].attempts
    assert row.detail == f"{2 * attempts if attempts else 1} attempts"
    ids = {each.id for each in recorded.prediction(row.client, row.case).differences}
    assert ("client.password_sent_again" in ids) == bool(attempts)


def test_every_outcome_is_in_the_record() -> None:
    assert {row.outcome for row in ROWS} == {"same", "differs", "fails"}


def test_no_difference_has_a_password_of_the_strings() -> None:
    for row in ROWS:
        shown = str(recorded.prediction(row.client, row.case).as_dict())
        assert not [secret for secret in PASSWORDS.values() if secret in shown and len(secret) > len("a+b")]


def test_a_failure_comes_first() -> None:
    found = recorded.prediction("prisma", "sslmode_prefer")
    assert found.failure is not None
    assert found.as_dict()["differences"][0]["effect"] == "fails"
    assert recorded.prediction("psycopg", "plain").as_dict()["verdict"] == "same"
    assert recorded.prediction("psycopg", "plain").failure is None


def test_a_string_that_cannot_be_used_is_not_predicted() -> None:
    assert Prediction("pgx", CLIENTS["pgx"], known=False).verdict == "unknown"
