# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of a process."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.connection_source import (
    ConnectionSource,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.os_user import OsUser

ADA = OsUser("ada", 1, 1, "/home/ada", {"PGPORT": "1", "PGHOST": "x"})
URL = "postgresql://u:K9x@h/d"


@pytest.mark.parametrize(
    ("variables", "values", "notes"),
    [
        ({"DATABASE_URL": URL, "LANG": "C"}, {"user": "u", "password": "K9x", "host": "h", "dbname": "d"}, 1),
        (
            {"DB_HOST": "h", "DB_NAME": "d", "HOST": "::", "PORT": "80", "USER": "app"},
            {"host": "h", "dbname": "d"},
            1,
        ),
        ({"PGHOST": "h", "PGDATABASE": "d"}, {}, 1),
        ({"DATABASE_URL": URL, "PGHOST": "other"}, {"user": "u", "password": "K9x", "host": "h", "dbname": "d"}, 2),
    ],
)
def test_variables(variables: dict[str, str], values: dict[str, str], notes: int) -> None:
    source = ConnectionSource(variables)
    assert source.has_connection()
    found = source.read()
    assert found.values == values
    assert len(found.notes) == notes
    assert "K9x" not in repr(source)


def test_the_names_of_the_variables_are_in_the_note() -> None:
    (note,) = ConnectionSource({"DATABASE_URL": URL}).read().notes
    assert "DATABASE_URL" in note
    (note,) = ConnectionSource({"canary_url": URL}).read().notes
    assert "canary" not in note


@pytest.mark.parametrize(
    "variables", [{}, {"HOST": "h", "USER": "u"}, {"PGPASSWORD": "x"}, {"DATABASE_URL": "mysql://h/d"}]
)
def test_no_connection(variables: dict[str, str]) -> None:
    assert not ConnectionSource(variables).has_connection()


def test_what_cannot_be_read_is_a_connection() -> None:
    assert ConnectionSource({"DATABASE_URL": "${SECRET}"}).has_connection()


@pytest.mark.parametrize(("whole", "expected"), [(True, {"PGHOST": "h"}), (False, {"PGHOST": "h", "PGPORT": "1"})])
def test_the_user_gets_the_environment(whole: bool, expected: dict[str, str]) -> None:
    source = ConnectionSource({"PGHOST": "h", "HOME": "/srv", "X": "y"}, whole=whole)
    found = source.fill(ADA)
    assert (found.home, found.environment) == ("/srv", expected)
    assert ConnectionSource({}).fill(ADA).home == "/home/ada"
