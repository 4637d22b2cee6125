# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role and its password: four causes of one and the same sentence, and their neighbours."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import PASSWORD, WRONG, DiagnosisHost

ALIKE = "password authentication failed"


def test_it_works(office: DiagnosisHost) -> None:
    report = office.look()
    assert report.works, report
    assert {step.status for step in report.steps} == {"OK"}, report.steps
    assert report.session["user"] == "appuser"
    assert report.session["version"].startswith(f"{office.major}.")
    assert not report.session["encrypted"]
    assert report.remarks == ()


def test_wrong_password(office: DiagnosisHost) -> None:
    name, sentence, remedy = office.seen(office.uri(WRONG))
    assert (name, remedy) == ("password.wrong", "\\password appuser")
    assert "what was given" in sentence


def test_no_such_role(office: DiagnosisHost) -> None:
    name, sentence, remedy = office.seen(office.uri(user="ghost"))
    assert (name, remedy) == ("role.missing", "CREATE ROLE ghost LOGIN; \\password ghost")
    assert "has no role ghost" in sentence


def test_expired_password(office: DiagnosisHost) -> None:
    office.execute("ALTER ROLE appuser VALID UNTIL '2020-01-01'")
    name, sentence, remedy = office.seen()
    assert (name, remedy) == ("role.expired", "ALTER ROLE appuser VALID UNTIL 'infinity';")
    assert "valid until 2020-01-01" in sentence
    office.execute(remedy)
    assert office.cause() == ""


def test_no_password_stored(office: DiagnosisHost) -> None:
    office.execute("ALTER ROLE appuser PASSWORD NULL")
    name, _sentence, remedy = office.seen()
    assert (name, remedy) == ("role.no_password", "\\password appuser")


def test_md5_verifier_under_a_scram_rule(office: DiagnosisHost) -> None:
    office.secretly("SET password_encryption = 'md5'", f"ALTER ROLE appuser PASSWORD '{PASSWORD}'")
    name, sentence, _remedy = office.seen()
    assert name == "verifier.md5"
    assert "line 3 of" in sentence


@pytest.mark.parametrize("stored", ["md5", "scram-sha-256"])
def test_an_md5_rule_takes_both(office: DiagnosisHost, stored: str) -> None:
    office.rules("host all all 127.0.0.1/32 md5")
    office.secretly(f"SET password_encryption = '{stored}'", f"ALTER ROLE appuser PASSWORD '{PASSWORD}'")
    assert office.cause() == ""
    assert office.cause(office.uri(WRONG)) == "password.wrong"


def test_the_client_is_told_the_same_of_all_of_them(office: DiagnosisHost) -> None:
    office.execute("CREATE ROLE expired LOGIN PASSWORD 'x' VALID UNTIL '2020-01-01'", "CREATE ROLE bare LOGIN")
    try:
        for role in ("appuser", "ghost", "expired", "bare"):
            said = next(
                step.message for step in office.look(office.uri(WRONG, user=role)).steps if step.name == "attempt"
            )
            assert f'{ALIKE} for user "{role}"' in said
    finally:
        office.execute("DROP ROLE expired", "DROP ROLE bare")


def test_no_login(office: DiagnosisHost) -> None:
    office.execute("ALTER ROLE appuser NOLOGIN")
    name, _sentence, remedy = office.seen()
    assert (name, remedy) == ("role.nologin", "ALTER ROLE appuser LOGIN;")
    office.execute(remedy)
    assert office.cause() == ""
