# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hosts: where libpq goes on, where it stops, and which one decides."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import attempt as attempts
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import hosts
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.attempt import ConnectionAttempt
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import Evidence
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import report
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionTarget
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    GOOD,
    known,
    refused,
)

SHUT = dataclasses.replace(GOOD.reach, listening=(), open=())
NOBODY = refused("connection failed: Connection refused", reach=SHUT)
PASSWORD = refused("FATAL: password authentication failed for user", found=known(matches=False))
STARTING = refused("FATAL: the database system is starting up")
FOREIGN = refused("Verbindung abgelehnt", reach=SHUT)
OTHER_TONGUE = refused("FATAL: Passwort-Authentifizierung fehlgeschlagen", found=known(matches=False))


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[ConnectionTarget]:
    """What the whole list was tried with."""
    seen: list[ConnectionTarget] = []

    def attempt(target: ConnectionTarget, _os_user: object) -> ConnectionAttempt:
        seen.append(target)
        return GOOD.attempt

    monkeypatch.setattr(attempts, "attempt", attempt)
    return seen


def examined(*each: Evidence) -> Evidence:
    targets = [
        dataclasses.replace(GOOD.target, host=f"h{number}", number=number, hosts=len(each))
        for number in range(1, len(each) + 1)
    ]
    seen = {target.host: evidence for target, evidence in zip(targets, each, strict=True)}
    return hosts.examine(targets, GOOD.os_user, lambda target: dataclasses.replace(seen[target.host], target=target))


@pytest.mark.parametrize("before", [NOBODY, STARTING, FOREIGN])
def test_a_later_host_works(whole: list[ConnectionTarget], before: Evidence) -> None:
    found = examined(before, GOOD)
    assert (found.attempt.works, found.target.host) == (True, "h2")
    assert [dict(each.whole) for each in whole] == [{"host": "h1,h2", "port": "5432,5432"}]
    diagnosis = report(found)
    assert diagnosis.works
    assert [remark.split(":")[0] for remark in diagnosis.remarks] == ["host 1"]


def test_the_first_host_works(whole: list[ConnectionTarget]) -> None:
    found = examined(GOOD, NOBODY)
    assert (found.target.host, found.other_hosts, whole) == ("h1", (), [])
    assert report(found).remarks == ()


@pytest.mark.parametrize("answer", [PASSWORD, OTHER_TONGUE])
def test_libpq_stops_where_a_login_is_refused(answer: Evidence) -> None:
    found = examined(NOBODY, answer, GOOD)
    assert found.target.host == "h2"
    assert [(each.number, bool(each.fault)) for each in found.other_hosts] == [(1, True), (3, False)]
    steps = report(found).steps
    assert [(step.name, step.status) for step in steps[:3]] == [
        ("connection string", "OK"),
        ("host 1", "CRITICAL"),
        ("host 3", "UNKNOWN"),
    ]


def test_of_hosts_that_all_fail_the_farthest_decides() -> None:
    assert examined(NOBODY, STARTING, NOBODY).target.host == "h2"
    found = examined(NOBODY, NOBODY)
    assert found.target.host == "h1"
    reported = report(found)
    assert reported.cause is not None
    assert reported.cause.message.startswith("h1 port 5432: ")


def test_the_whole_list_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "attempt", lambda _target, _os_user: PASSWORD.attempt)
    assert not examined(NOBODY, GOOD).attempt.works
