# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Behind the login: limits, databases, and what is set for them."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import DiagnosisHost
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major


def test_no_such_database(office: DiagnosisHost) -> None:
    name, sentence, remedy = office.seen(office.uri(database="appbd"))
    assert (name, remedy) == ("database.missing", "CREATE DATABASE appbd OWNER appuser;")
    assert "has no database appbd" in sentence


def test_a_database_that_nobody_named(office: DiagnosisHost) -> None:
    name, sentence, _remedy = office.seen(
        f"host=127.0.0.1 port={office.server.port} user=appuser", password=office.secret
    )
    assert name == "database.missing"
    assert "no database was named" in sentence


def test_no_privilege_connect(office: DiagnosisHost) -> None:
    office.execute("REVOKE CONNECT ON DATABASE appdb FROM PUBLIC")
    name, _sentence, remedy = office.seen()
    assert (name, remedy) == ("database.no_connect", "GRANT CONNECT ON DATABASE appdb TO appuser;")
    office.execute(remedy)
    assert office.cause() == ""


def test_a_database_that_is_closed(office: DiagnosisHost) -> None:
    office.execute("ALTER DATABASE appdb ALLOW_CONNECTIONS false")
    name, _sentence, remedy = office.seen()
    assert (name, remedy) == ("database.closed", "ALTER DATABASE appdb ALLOW_CONNECTIONS true;")
    office.execute(remedy)
    assert office.cause() == ""


def test_a_database_that_was_half_dropped(office: DiagnosisHost) -> None:
    office.execute("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'appdb'")
    try:
        assert office.cause() == "database.invalid"
    finally:
        office.execute("UPDATE pg_database SET datconnlimit = -1 WHERE datname = 'appdb'")


def test_the_limit_of_a_database(office: DiagnosisHost) -> None:
    office.execute("ALTER DATABASE appdb CONNECTION LIMIT 1")
    with office.sessions(1):
        name, sentence, remedy = office.seen()
        assert (name, remedy) == ("database.limit", "ALTER DATABASE appdb CONNECTION LIMIT -1;")
        assert "limit of 1" in sentence
    assert office.cause() == ""


def test_the_limit_of_a_role(office: DiagnosisHost) -> None:
    office.execute("ALTER ROLE appuser CONNECTION LIMIT 1")
    with office.sessions(1):
        name, _sentence, remedy = office.seen()
        assert (name, remedy) == ("role.limit", "ALTER ROLE appuser CONNECTION LIMIT -1;")
    assert office.cause() == ""


def test_all_slots_but_the_reserved_ones_are_taken(office: DiagnosisHost) -> None:
    with office.sessions(9):
        name, sentence, _remedy = office.seen()
        assert name == "slots.full"
        assert "max_connections 12" in sentence
    assert office.cause() == ""


def test_all_slots_are_taken(office: DiagnosisHost) -> None:
    office.execute("ALTER ROLE appuser SUPERUSER")
    with office.sessions(12):
        report = office.look()
        assert report.cause is not None
        assert report.cause.id == "slots.full"
        assert {step.name: step.status for step in report.steps}["role"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("statement", "remedy"),
    [
        (
            "ALTER ROLE appuser SET session_preload_libraries = 'no_such'",
            "ALTER ROLE appuser RESET session_preload_libraries;",
        ),
        (
            "ALTER DATABASE appdb SET session_preload_libraries = 'no_such'",
            "ALTER DATABASE appdb RESET session_preload_libraries;",
        ),
        (
            "ALTER ROLE appuser IN DATABASE appdb SET session_preload_libraries = 'no_such'",
            "ALTER ROLE appuser IN DATABASE appdb RESET session_preload_libraries;",
        ),
    ],
)
def test_a_library_that_is_missing(office: DiagnosisHost, statement: str, remedy: str) -> None:
    office.execute(statement)
    name, sentence, proposed = office.seen()
    assert (name, proposed) == ("settings.library", remedy)
    assert "no_such" in sentence
    office.execute(remedy)
    assert office.cause() == ""


def test_a_search_path_of_nothing_is_no_cause(office: DiagnosisHost) -> None:
    office.execute("ALTER ROLE appuser SET search_path = no_such_schema")
    assert office.cause() == ""


def test_options_that_the_server_does_not_know(office: DiagnosisHost) -> None:
    name, _sentence, _remedy = office.seen(office.uri() + "?options=-c%20no_such%3D1")
    assert name == "settings.options"


def test_what_is_wrong_is_told_without_a_password_too(office: DiagnosisHost) -> None:
    """The client is told nothing but that it has none."""
    office.execute("REVOKE CONNECT ON DATABASE appdb FROM PUBLIC")
    assert office.cause(office.uri(password="")) == "database.no_connect"
    office.execute("ALTER ROLE appuser NOLOGIN")
    assert office.cause(office.uri(password="")) == "role.nologin"
    assert office.cause(office.uri(password="", user="ghost")) == "role.missing"


@every_major
def test_a_trigger_that_refuses_logins(office: DiagnosisHost) -> None:
    """Event triggers at login came with 17."""
    if office.major < 17:
        return
    office.server.execute(
        "CREATE FUNCTION closed() RETURNS event_trigger LANGUAGE plpgsql AS $$BEGIN RAISE 'come back on Monday'; END$$",
        "CREATE EVENT TRIGGER doorman ON login EXECUTE FUNCTION closed()",
        "ALTER EVENT TRIGGER doorman ENABLE ALWAYS",
        database="appdb",
    )
    name, sentence, remedy = office.seen()
    assert name == "trigger.login"
    assert "come back on Monday" in sentence
    assert "-d appdb -c 'ALTER EVENT TRIGGER doorman DISABLE;'" in remedy
