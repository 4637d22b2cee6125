# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that can log in, and how well that is guarded."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import others, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer

VERIFIERS, EXPIRED = "roles.verifiers", "roles.expired"
MD5 = f"md5{'0' * 32}"


@pytest.fixture
def nurse(patient: IsolatedServer) -> Iterator[IsolatedServer]:
    """A role nurse, as long as a test takes."""
    patient.execute("CREATE ROLE nurse LOGIN")
    try:
        yield patient
    finally:
        patient.execute("DROP ROLE nurse")


def test_a_password_that_is_kept_as_md5(nurse: IsolatedServer) -> None:
    assert nurse.turned() == {}
    found = nurse.look(VERIFIERS)[VERIFIERS]
    assert found.message == (
        "no password of 2 roles that may log in is kept as MD5; 2 have none and can log in by the operating system only"
    )
    nurse.execute(f"ALTER ROLE nurse PASSWORD '{MD5}'")
    assert nurse.turned() == {VERIFIERS: "WARNING"}
    assert "the password of role nurse is kept as MD5" in nurse.look(VERIFIERS)[VERIFIERS].message
    with others(nurse):
        assert seen_by(nurse, VERIFIERS) == {"mon": "UNKNOWN", "plain": "UNKNOWN"}
    nurse.execute("SET password_encryption = 'scram-sha-256'", "ALTER ROLE nurse PASSWORD 'a long enough one'")
    nurse.execute("ALTER ROLE nurse NOLOGIN")
    nurse.execute(f"ALTER ROLE nurse PASSWORD '{MD5}'")
    assert nurse.turned() == {}, "it cannot log in"


@pytest.mark.parametrize(
    ("until", "status", "told"),
    [
        ("2001-01-01 UTC", "WARNING", "the password of role nurse expired at 2001-01-01 00:00 UTC"),
        ("-infinity", "WARNING", "the password of role nurse is not valid at any time"),
        ("tomorrow", "WARNING", "the password of role nurse expires at "),
        ("2999-01-01 UTC", "OK", "no password of a role that may log in has expired"),
        ("infinity", "OK", "no password of a role that may log in has expired"),
    ],
)
def test_a_role_that_expires(nurse: IsolatedServer, until: str, status: str, told: str) -> None:
    nurse.execute(f"ALTER ROLE nurse VALID UNTIL '{until}'")
    assert nurse.turned() == ({} if status == "OK" else {EXPIRED: status})
    assert told in nurse.look(EXPIRED)[EXPIRED].message
    with others(nurse):
        assert seen_by(nurse, EXPIRED) == {"mon": status, "plain": status}
    if until == "tomorrow":
        assert nurse.turned(thresholds={EXPIRED: {"ahead_s": 0}}) == {}
    nurse.execute("ALTER ROLE nurse NOLOGIN")
    assert nurse.turned() == {}
