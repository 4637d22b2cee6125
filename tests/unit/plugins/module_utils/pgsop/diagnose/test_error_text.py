# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an error text names, and what is left of it."""

from __future__ import annotations

import time

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.error_text import (
    ApplicationError,
    read,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.error_texts import (
    Recorded,
    recorded,
)

PASSWORD = "canary-Kf7mQ2xW9pLz"  # pragma: allowlist secret


def test_enough_is_recorded() -> None:
    assert len(recorded()) >= 60
    assert len({each.driver for each in recorded()}) >= 15
    assert all(each.version for each in recorded())


@pytest.mark.parametrize("each", recorded(), ids=str)
def test_the_fault_is_recognized(each: Recorded) -> None:
    found = read(each.filled(5433, PASSWORD))
    assert each.cause in found.causes
    assert found.values.get("host", "127.0.0.1") in ("127.0.0.1", "db.invalid")
    assert found.values.get("port", "5433") in ("5433", "1")
    assert found.values.get("user", "appuser") in ("appuser", "ghost")
    assert found.values.get("dbname", "appdb") in ("appdb", "absent")
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize(
    ("text", "fault", "state"),
    [
        ("", "", ""),
        ("KeyError: 'x'", "", ""),
        ("FEHLER: Passwort-Authentifizierung (SQLSTATE 28P01)", "password", "28P01"),
        ("sqlalchemy.exc.TimeoutError: QueuePool limit of size 1 overflow 0 reached, connection timed out", "pool", ""),
        ("listening on port 28000, pid 42501", "", ""),
        ('pq: password authentication failed for user "a" (28P01)', "password", "28P01"),
        ("error: x code: '3D000'\ndatabase \"d\" does not exist", "no_database", "3D000"),
        ("connect ECONNREFUSED ::1:5432\nFATAL: password authentication failed", "password", ""),
        ("SCRAM-SERVER-FIRST-MESSAGE: iteration count 200000 exceeds scramMaxIterations of 100000", "iterations", ""),
        ("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string", "no_password", ""),
        ('invalid URI query parameter: "schema"', "client_option", ""),
        ("TypeError: connect() got an unexpected keyword argument 'sslmode'", "client_option", ""),
        ("KnexTimeoutError: Knex: Timeout acquiring a connection", "pool", ""),
        ("open /srv/certificate.pem: Permission denied", "", ""),
        ("java.io.FileNotFoundException: app.yml (No such file or directory)", "", ""),
    ],
)
def test_faults(text: str, fault: str, state: str) -> None:
    found = read(text)
    assert (found.fault, found.sqlstate) == (fault, state)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("connect ECONNREFUSED ::1:5433", {"host": "::1", "port": "5433"}),
        ("dial tcp [::1]:5433: connect: connection refused", {"host": "::1", "port": "5433"}),
        ("getaddrinfo ENOTFOUND db", {"host": "db"}),
        ('connection to server on socket "/run/pg/.s.PGSQL.5432" failed', {"host": "/run/pg", "port": "5432"}),
        ('role "hush;x" does not exist', {}),
        ('role "a:hush@h" does not exist', {}),
        ('could not translate host name "hush@h" to address', {}),
        ('could not translate host name "-hush..x" to address', {}),
        ('postgresql://u:hush@h/d: database "hush" does not exist', {}),
        ('PGPASSWORD=hush psql: database "hush" does not exist', {}),
        ("postgresql://u:a@hush@h/d: getaddrinfo ENOTFOUND hush", {}),
        ('{"password": "hush"} getaddrinfo ENOTFOUND hush', {}),
        ('connection to server at "h" (127.0.0.1), port 99999 failed', {"host": "h", "port": "99999"}),
    ],
)
def test_values_are_plain_and_part_of_no_password(text: str, values: dict[str, str]) -> None:
    assert read(text).values == values


def test_a_request_is_filled() -> None:
    found = ApplicationError(values={"user": "u", "port": "1"}, fault="password")
    request = found.fill(ConnectionRequest(port="2"))
    assert (request.host, request.port, request.user, request.database) == ("localhost", "2", "u", "")
    assert found.can_be_checked(request)
    assert found.fill(ConnectionRequest(dsn="dbname=x")) == ConnectionRequest(dsn="dbname=x")
    assert found.for_request(ConnectionRequest()).guessed is False
    assert ApplicationError(values={"user": "u"}).for_request(ConnectionRequest()).guessed is True
    assert ApplicationError(values={"user": "u"}).for_request(ConnectionRequest(dsn="dbname=x")).guessed is False
    assert ApplicationError().fill(ConnectionRequest()) == ConnectionRequest()


@pytest.mark.parametrize(("fault", "expected"), [("refused", True), ("password", False), ("", False)])
def test_a_login_is_checked_only_for_a_role(fault: str, expected: bool) -> None:
    assert ApplicationError(fault=fault).can_be_checked(ConnectionRequest(host="h")) is expected


def test_the_confirmed_cause_comes_first() -> None:
    ranked = ApplicationError(fault="password").as_dict("role.expired")["causes"]
    assert ranked[:2] == ["role.expired", "password.wrong"]
    assert len(ranked) == len(set(ranked))


@pytest.mark.parametrize("piece", ["a", "://a:", 'user "', "password=", "://", "@", ".s.PGSQL.1 ", "'C' ", "lookup a"])
def test_a_hostile_text_takes_no_time(piece: str) -> None:
    """Patterns do not go back and forth: twice the text takes about twice the time."""
    started = time.process_time()
    read(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 5
