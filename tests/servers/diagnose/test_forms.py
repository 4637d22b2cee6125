# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each form in which applications have a connection leads to the same cause as the URI."""

from __future__ import annotations

import json

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import main
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import examine
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.forms import FORMS, filled
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import WRONG, DiagnosisHost


def causes(office: DiagnosisHost, *, password: str = "", port: int = 0, database: str = "appdb") -> dict[str, str]:
    """The cause of each form."""
    parts = {"password": password or office.secret, "port": str(port or office.server.port), "database": database}
    return {name: office.cause(filled(template, parts)) for name, template in FORMS.items()}


def test_it_works(office: DiagnosisHost) -> None:
    assert causes(office) == dict.fromkeys(FORMS, "")


def test_wrong_password(office: DiagnosisHost) -> None:
    assert causes(office, password=WRONG) == dict.fromkeys(FORMS, "password.wrong")


def test_missing_database(office: DiagnosisHost) -> None:
    assert causes(office, database="ghost") == dict.fromkeys(FORMS, "database.missing")


def test_no_connect(office: DiagnosisHost) -> None:
    office.execute("REVOKE CONNECT ON DATABASE appdb FROM PUBLIC")
    assert causes(office) == dict.fromkeys(FORMS, "database.no_connect")


def test_wrong_port(office: DiagnosisHost) -> None:
    assert causes(office, port=1) == dict.fromkeys(FORMS, "port.wrong")


def test_role_limit(office: DiagnosisHost) -> None:
    office.execute("ALTER ROLE appuser CONNECTION LIMIT 0")
    assert causes(office) == dict.fromkeys(FORMS, "role.limit")


def test_no_matching_rule(office: DiagnosisHost) -> None:
    office.rules("host postgres all 127.0.0.1/32 scram-sha-256")
    assert causes(office) == dict.fromkeys(FORMS, "hba.no_rule")


def test_server_is_down(office: DiagnosisHost) -> None:
    with office.stopped():
        assert causes(office) == dict.fromkeys(FORMS, "server.down")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("postgresql://${DB_USER}:${DB_PASS}@127.0.0.1/appdb", "dsn.unexpanded"),
        ("host=127.0.0.1 user=appuser password=${DB_PASS}", "dsn.unexpanded"),
        ("postgresql://appuser@127.0.0.1/appdb/", "dsn.invalid"),
        ("host=127.0.0.1:5432 user=appuser", "dsn.invalid"),
        ("127.0.0.1:5432/appdb", "dsn.invalid"),
        ("postgresql://appuser@127.0.0.1/appdb\r\n", "dsn.invalid"),
        ("postgresql://appuser@127.0.0.1/appdb\u00a0", "dsn.invalid"),
    ],
)
def test_no_command_makes_it_worse(office: DiagnosisHost, text: str, cause: str) -> None:
    name, _sentence, remedy = office.seen(text)
    assert name == cause
    assert not any(word in remedy for word in ("CREATE", "ALTER", "pg_hba"))


def test_what_was_left_out_is_in_both_reports(
    office: DiagnosisHost, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(examine, "list_clusters", lambda: [office.server.cluster])
    for password, status in ((office.secret, 0), (WRONG, 1)):
        dsn = office.uri(password, more="?schema=app")
        assert main.main(["diagnose", "--", dsn]) == status
        assert [line for line in capsys.readouterr().out.splitlines() if line.startswith("Note:")]
        assert main.main(["diagnose", "--format", "json", "--", dsn]) == status
        report = json.loads(capsys.readouterr().out)
        assert ["parameter schema " in remark for remark in report["remarks"]] == [True]


def test_what_was_left_out_is_no_reason_to_fail(office: DiagnosisHost) -> None:
    assert office.look(office.uri(more="?schema=app")).reasons_to_fail("warning") == []
