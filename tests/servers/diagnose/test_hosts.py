# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hosts in one connection string, and what libpq itself makes of the same string."""

from __future__ import annotations

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import PASSWORD, WRONG, DiagnosisHost

MAJORS = (13, 17, 18)
#: Nothing listens there.
SHUT = 1


def pairs(office: DiagnosisHost, hosts: str, ports: str, password: str = PASSWORD, more: str = "") -> str:
    ports = ports.format(port=office.server.port)
    return f"host={hosts} port={ports} user=appuser dbname=appdb password={password} {more}"


def libpq_connects(dsn: str) -> bool:
    try:
        psycopg2.connect(dsn, connect_timeout=5).close()
    except psycopg2.OperationalError:
        return False
    return True


@pytest.mark.parametrize(
    ("hosts", "ports"),
    [
        ("127.0.0.1,127.0.0.1", f"{SHUT},{{port}}"),
        ("db.invalid,127.0.0.1", "{port}"),
        ("/nonexistent,127.0.0.1", "{port}"),
        ("127.0.0.1,127.0.0.1,127.0.0.1", f"{SHUT},{SHUT},{{port}}"),
    ],
)
def test_a_later_host_works(office: DiagnosisHost, hosts: str, ports: str) -> None:
    dsn = pairs(office, hosts, ports)
    assert libpq_connects(dsn)
    report = office.look(dsn)
    assert (report.works, report.target["port"]) == (True, office.server.port)
    assert [remark.split(":")[0] for remark in report.remarks] == [f"host {n}" for n in range(1, hosts.count(",") + 1)]
    assert report.session["user"] == "appuser"
    assert report.reasons_to_fail("critical") == []


def test_the_first_host_works(office: DiagnosisHost) -> None:
    report = office.look(pairs(office, "127.0.0.1,db.invalid", "{port}"))
    assert (report.works, report.remarks) == (True, ())


def test_a_uri_with_two_hosts(office: DiagnosisHost) -> None:
    report = office.look(office.uri(host=f"127.0.0.1:{SHUT},127.0.0.1"))
    assert (report.works, len(report.remarks)) == (True, 1)


def test_a_refused_login_ends_the_list(office: DiagnosisHost) -> None:
    """No host after it is tried, and the password is refused once."""
    dsn = pairs(office, "127.0.0.1,127.0.0.1,127.0.0.1", f"{SHUT},{{port}},{{port}}", WRONG)
    assert not libpq_connects(dsn)
    before = office.server.log_size()
    report = office.look(dsn)
    assert report.cause is not None
    assert report.cause.id == "password.wrong"
    assert {step.name: step.status for step in report.steps if step.name.startswith("host ")} == {
        "host 1": "CRITICAL",
        "host 3": "UNKNOWN",
    }
    assert office.server.log_from(before).count("password authentication failed") == 1


def test_a_missing_database_ends_the_list(office: DiagnosisHost) -> None:
    dsn = pairs(office, "127.0.0.1,127.0.0.1", "{port}").replace("dbname=appdb", "dbname=absent")
    assert not libpq_connects(dsn)
    assert office.cause(dsn) == "database.missing"


def test_no_host_works(office: DiagnosisHost) -> None:
    assert office.cause(pairs(office, "127.0.0.1,db.invalid", str(SHUT))) == "port.wrong"
    assert office.cause(pairs(office, "db.invalid,127.0.0.1", str(SHUT))) == "port.wrong"


def test_lists_that_do_not_fit(office: DiagnosisHost) -> None:
    dsn = pairs(office, "127.0.0.1,127.0.0.1", "{port},{port},1")
    assert not libpq_connects(dsn)
    assert office.cause(dsn) == "dsn.invalid"


def test_a_host_of_the_wrong_kind_is_passed_over(office: DiagnosisHost) -> None:
    dsn = pairs(office, "127.0.0.1,127.0.0.1", f"{{port}},{SHUT}", more="target_session_attrs=standby")
    assert not libpq_connects(dsn)
    report = office.look(dsn)
    assert report.cause is not None
    assert report.cause.id == "client.session_attrs"
    assert [step.status for step in report.steps if step.name == "host 2"] == ["CRITICAL"]
