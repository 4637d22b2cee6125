# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One diagnosis as a whole."""

from __future__ import annotations

import dataclasses
import json
import traceback

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import network
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import diagnose, report
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    GOOD,
    known,
    refused,
)

KEYS = ["works", "cause", "hint", "hint_in", "declared", "remarks", "steps", "target", "session", "error", "client"]
PASSWORD = 'FATAL: password authentication failed for user "appuser"'


def test_a_connection_that_works() -> None:
    found = report(GOOD).as_dict()
    assert list(found) == KEYS
    assert (found["works"], found["cause"], found["hint"], found["hint_in"]) == (True, None, "", "")
    assert found["session"]["latency_ms"] == 10.0
    assert found["target"] == {"host": "localhost", "port": 5432, "database": "appdb", "user": "appuser"}
    assert "hush" not in json.dumps(found)


def test_one_that_does_not() -> None:
    found = report(refused(PASSWORD, found=known(matches=False))).as_dict()
    assert found["works"] is False
    assert found["cause"]
    assert found["cause"]["id"] == "password.wrong"
    assert found["hint"] == "\\password appuser"
    assert found["hint_in"].startswith("sudo -u postgres psql")
    assert found["session"] == {}
    assert "hush" not in json.dumps(found)


@pytest.mark.parametrize(
    ("works", "fail_on", "expected"),
    [
        (True, "critical", 0),
        (True, "warning", 0),
        (False, "never", 0),
        (False, "critical", 1),
        (False, "warning", 1),
    ],
)
def test_what_is_not_good_enough(works: bool, fail_on: str, expected: int) -> None:
    evidence = GOOD if works else refused(PASSWORD, found=known(matches=False))
    assert len(report(evidence).reasons_to_fail(fail_on)) == expected


def test_what_is_wrong_although_it_works() -> None:
    assert GOOD.decision is not None
    found = report(dataclasses.replace(GOOD, decision=dataclasses.replace(GOOD.decision, loaded=False)))
    assert found.works
    assert [remark.split(":")[0] for remark in found.remarks] == ["rules"]
    assert found.reasons_to_fail("critical") == []
    assert len(found.reasons_to_fail("warning")) == 1


def test_a_connection_string_that_is_none() -> None:
    found = diagnose(ConnectionRequest(dsn="host=x password=two hush"), []).as_dict()
    assert found["works"] is False
    assert found["cause"]
    assert found["cause"]["id"] == "dsn.invalid"
    assert [step["status"] for step in found["steps"]] == ["CRITICAL"]
    assert "hush" not in json.dumps(found)


def test_a_variable_that_was_not_filled_in_is_a_cause_of_its_own() -> None:
    for request in (
        ConnectionRequest(dsn="postgresql://${DB_USER}:hush@h/d"),
        ConnectionRequest(user="${DB_USER}", password="hush"),
    ):
        found = diagnose(request, []).as_dict()
        assert found["cause"]
        assert found["cause"]["id"] == "dsn.unexpanded"
        assert "CREATE" not in found["hint"]
        assert "hush" not in json.dumps(found)


def test_a_user_that_there_is_not() -> None:
    with pytest.raises(PgsopError, match="there is no such user"):
        diagnose(ConnectionRequest(as_user="no-such-user"), [])


def test_a_user_that_is_a_connection_string() -> None:
    with pytest.raises(PgsopError) as refused:
        diagnose(ConnectionRequest(as_user="app:hush@localhost/appdb"), [])
    assert "hush" not in str(refused.value)


def test_an_unexpected_error_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its text may have what was given in it, and its traceback the text."""

    def fail(_wanted: object, _someone: object) -> None:
        raise ValueError("invalid literal: 'hush'")

    monkeypatch.setattr(network, "probe", fail)
    request = ConnectionRequest(dsn="host=localhost password=hush")
    with pytest.raises(PgsopError) as refused:
        diagnose(request, [])
    assert "ValueError" in refused.value.answer
    assert refused.value.target.startswith("test_examine.py, line ")
    assert "hush" not in "".join(traceback.format_exception(refused.value))


def test_a_host_without_a_cluster() -> None:
    found = diagnose(ConnectionRequest(dsn="postgresql://a@127.0.0.1:1/b"), []).as_dict()
    assert found["cause"]
    assert found["cause"]["id"] == "server.absent"
    assert {step["name"]: step["status"] for step in found["steps"]}["role"] == "UNKNOWN"
