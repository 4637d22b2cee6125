# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions of the site: what an answer means."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import DATABASE, Measured
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import ExtraCheck
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.extra import as_check


def measured(rows: list[tuple[Any, ...]], **facts: Any) -> list[Measured]:
    check = as_check(ExtraCheck("queue", "appdb", "SELECT ...", **facts))
    return list(check.read(SimpleNamespace(session=SimpleNamespace(tuples=lambda _sql: rows))))


def test_it_is_a_check_of_its_database() -> None:
    check = as_check(ExtraCheck("queue", "appdb", "SELECT 1", 5, 10, True, "s", "queue", "look at it"))
    assert (check.id, check.scope, check.databases, check.hint) == ("extra.queue", DATABASE, ("appdb",), "look at it")
    assert (check.warn, check.crit, check.lower_is_worse, check.unit) == (5, 10, True, "s")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((7,), Measured("queue", 7.0, "jobs in appdb: 7 s")),
        ((True,), Measured("queue", None, "jobs in appdb: well", "OK")),
        ((False,), Measured("queue", None, "jobs in appdb: not well", "CRITICAL")),
        ((None,), Measured("queue", None, "jobs in appdb: nothing")),
        (("mail", 7), Measured("mail", 7.0, "jobs of mail in appdb: 7 s")),
    ],
)
def test_answers(row: tuple[Any, ...], expected: Measured) -> None:
    assert measured([row], unit="s", message="jobs") == [expected]


def test_no_row_is_nothing_measured() -> None:
    assert measured([]) == []


@pytest.mark.parametrize("row", [("canary",), ("mail", "canary"), (["canary"],)])
def test_answer_that_is_no_number_is_not_shown(row: tuple[Any, ...]) -> None:
    with pytest.raises(PgsopError) as refused:
        measured([row])
    assert "canary" not in str(refused.value)
    assert type(row[-1]).__name__ in refused.value.answer
