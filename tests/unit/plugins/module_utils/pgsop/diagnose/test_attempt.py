# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attempt: what a client may be told, and how often a password is sent."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import attempt as attempts
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.attempt import (
    SAID,
    attempt,
    kind_of,
    scrubbed,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import GOOD

TARGET = GOOD.target
WRONG = 'FATAL:  password authentication failed for user "appuser"'
NO_RULE = 'FATAL:  no pg_hba.conf entry for host "127.0.0.1", user "appuser", database "appdb"'


class Driver:
    """Refuses, with one answer after the other."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def connect(self, **arguments: Any) -> None:
        self.asked.append(arguments)
        raise psycopg2.OperationalError(self.answers.pop(0))


def refused(monkeypatch: pytest.MonkeyPatch, sslmode: str, *answers: str) -> tuple[attempts.ConnectionAttempt, Driver]:
    driver = Driver(*answers)
    monkeypatch.setattr(attempts, "load_driver", lambda: (driver, psycopg2.Error))
    parameters = {"sslmode": sslmode} if sslmode else {}
    os_user = dataclasses.replace(GOOD.os_user, uid=0)
    monkeypatch.setattr(attempts, "acting_as", lambda _someone: contextlib.nullcontext())
    return attempt(dataclasses.replace(TARGET, parameters=parameters), os_user), driver


@pytest.mark.parametrize("sslmode", ["", "prefer", "allow", "disable", "require", "verify-full"])
def test_a_wrong_password_is_sent_once(monkeypatch: pytest.MonkeyPatch, sslmode: str) -> None:
    tried, driver = refused(monkeypatch, sslmode, WRONG, WRONG)
    assert (tried.works, tried.kind, len(driver.asked)) == (False, "password", 1)


@pytest.mark.parametrize(("sslmode", "modes"), [("", ["require", "disable"]), ("allow", ["disable", "require"])])
def test_the_other_way_is_tried_where_no_password_was_sent(
    monkeypatch: pytest.MonkeyPatch, sslmode: str, modes: list[str]
) -> None:
    tried, driver = refused(monkeypatch, sslmode, NO_RULE + ", SSL encryption", NO_RULE + ", no encryption")
    assert [arguments["sslmode"] for arguments in driver.asked] == modes
    assert tried.kind == "no_rule"
    assert "SSL encryption" in tried.said
    assert "no encryption" in tried.said


def test_a_certificate_counts_only_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, "", WRONG)[1].asked[0]["sslrootcert"].startswith("/nonexistent")
    assert "sslrootcert" not in refused(monkeypatch, "require", WRONG)[1].asked[0]


def test_nothing_is_read_behind_our_back(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = refused(monkeypatch, "disable", WRONG)[1].asked[0]
    assert asked["passfile"].startswith("/nonexistent")
    assert asked["connect_timeout"] == 5
    assert (asked["host"], asked["port"], asked["dbname"], asked["user"]) == ("localhost", 5432, "appdb", "appuser")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (WRONG, "password"),
        ('::1 failed: Connection refused 127.0.0.1 failed: FATAL: database "x" does not exist', "no_database"),
        ("FATAL: certificate authentication failed", "other_method"),
        ("FATAL: Passwort", ""),
        ("", ""),
    ],
)
def test_the_word_for_an_answer(said: str, kind: str) -> None:
    assert kind_of(said) == kind


def test_every_word_is_there_once() -> None:
    words = [kind for kind, _pattern in SAID]
    assert len(set(words)) == len(words)


def test_no_other_secret_is_told() -> None:
    target = dataclasses.replace(TARGET, parameters={"sslpassword": "of the key", "sslkey": "/k"})
    assert scrubbed("cannot read /k with of the key", target) == "cannot read /k with ***"


def test_a_password_that_a_program_quotes_is_not_told() -> None:
    assert scrubbed("a\n  hush b", TARGET) == "a *** b"


def test_a_reason_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both addresses of a name have the same answer."""
    place = 'connection to server at "localhost" ({}), port 5432 failed: '
    both = f"{place.format('::1')}FATAL:  odd\n{place.format('127.0.0.1')}FATAL:  odd\n"
    assert refused(monkeypatch, "disable", both)[0].said == f"{place.format('::1')}FATAL: odd"
    two = f"{place.format('::1')}Connection refused\n{place.format('127.0.0.1')}FATAL:  odd\n"
    assert refused(monkeypatch, "disable", two)[0].said.count("connection to server") == 2


def test_a_list_of_hosts_is_tried_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Driver(WRONG)
    monkeypatch.setattr(attempts, "load_driver", lambda: (driver, psycopg2.Error))
    monkeypatch.setattr(attempts, "acting_as", lambda _someone: contextlib.nullcontext())
    attempt(dataclasses.replace(TARGET, whole={"host": "a,b", "port": "1,2"}), GOOD.os_user)
    assert (driver.asked[0]["host"], driver.asked[0]["port"]) == ("a,b", "1,2")


def test_direct_negotiation_is_tried_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mode of ours would hide that libpq refuses the one that was given."""
    driver = Driver("weak sslmode")
    monkeypatch.setattr(attempts, "load_driver", lambda: (driver, psycopg2.Error))
    monkeypatch.setattr(attempts, "acting_as", lambda _someone: contextlib.nullcontext())
    attempt(dataclasses.replace(TARGET, parameters={"sslnegotiation": "direct"}), GOOD.os_user)
    assert "sslmode" not in driver.asked[0]
