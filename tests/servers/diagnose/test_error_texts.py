# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded error texts, while their fault is so on a real server: the first cause is the right one, and no password is shown."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.examine import Diagnosis, diagnose
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.target import ConnectionRequest
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.error_scenes import SCENES
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import PASSWORD, DiagnosisHost
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.error_texts import recorded

MAJORS = (13, 17, 18)
#: A text names no other cluster; whether it runs is not what these tests are about.
LOGIN = ("password.wrong", "role.missing", "role.expired", "role.no_password")


@pytest.mark.parametrize("cause", SCENES)
def test_the_first_cause(office: DiagnosisHost, cause: str) -> None:
    texts = [each for each in recorded() if each.cause == cause]
    assert texts
    with SCENES[cause](office, cause) as changed:
        parts = {key: value for key, value in changed.items() if key not in ("password", "sslmode")}
        port = int(changed.get("port", office.server.port))
        found = {str(each): office.look(office.uri("", **parts), error=each.filled(port, PASSWORD)) for each in texts}
    assert {name: first(report) for name, report in found.items()} == dict.fromkeys(found, cause)


def first(report: Diagnosis) -> str:
    assert report.error is not None
    assert report.cause is not None
    assert not report.works
    assert report.as_dict()["error"] is not None
    return report.cause.id


@pytest.mark.parametrize("cause", LOGIN)
def test_one_text_and_four_causes(office: DiagnosisHost, cause: str) -> None:
    """What the text names is enough: host, port and role."""
    with SCENES[cause](office, cause) as changed:
        user = changed.get("user", "appuser")
        place = f'connection to server at "127.0.0.1", port {office.server.port} failed'
        text = f'psycopg2.OperationalError: {place}: FATAL:  password authentication failed for user "{user}"'
        report = diagnose(ConnectionRequest(database="appdb", error=text), [office.server.cluster])
    assert first(report) == cause
    assert report.target["port"] == office.server.port


def test_a_text_without_a_place_is_not_tried(office: DiagnosisHost) -> None:
    before = office.server.log_size()
    report = diagnose(
        ConnectionRequest(error="InvalidPasswordError: password authentication failed"), [office.server.cluster]
    )
    assert first(report) == "password.wrong"
    assert report.cause is not None
    assert len(report.cause.candidates) > 3
    assert office.server.log_from(before) == ""


def test_a_text_whose_fault_is_gone(office: DiagnosisHost) -> None:
    text = 'FATAL: too many connections for role "appuser"'
    assert office.cause(office.uri(), error=text) == ""
    name, message, _hint = office.seen(office.uri(""), error=text)
    assert (name, "does not show that now" in message) == ("role.limit", True)
