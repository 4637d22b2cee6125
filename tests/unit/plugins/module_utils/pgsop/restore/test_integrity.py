# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assertions: what counts as true."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import Assertion
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.integrity import check_assertions
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import RestorePlan
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.scratch import Scratch
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    dump_of,
    stored_of,
)

SETTINGS: list[dict[str, Any]] = [
    {"role": "app", "name": "search_path", "value": "theirs"},
    {"role": None, "name": "search_path", "value": "app"},
]


class Answers:
    """A database that always answers the same."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.answer = rows
        self.paths: list[Any] = []

    @contextmanager
    def session(self, *, verbatim: bool | None = None) -> Iterator[Answers]:
        yield self

    def execute(self, _statement: str) -> None:
        pass

    def rows(self, _statement: str, parameters: list[Any]) -> list[dict[str, Any]]:
        self.paths += parameters
        return []

    def tuples(self, _statement: str) -> list[tuple[Any, ...]]:
        return self.answer


def check(rows: list[tuple[Any, ...]], settings: list[dict[str, Any]]) -> tuple[int, list[Any]]:
    plan = RestorePlan(stored_of(1), dump_of("appdb", properties={"settings": settings}), {}, {}, (), 17, 17)
    asked = Answers(rows)
    wanted = [Assertion("appdb", "SELECT x", "fine"), Assertion("other", "SELECT y")]
    return check_assertions(plan, cast(Scratch, asked), wanted), asked.paths


def test_true_is_true_and_asked_where_the_application_would_ask() -> None:
    assert check([(True,)], SETTINGS) == (1, ["app"])
    assert check([(True,)], []) == (1, ['"$user", public'])


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([(False,)], "answered false "),
        ([(None,)], "answered NULL "),
        ([(4711,)], "answered a value of type int "),
        ([("4711",)], "answered a value of type str "),
        ([], "answered no row"),
        ([(True,), (True,)], "answered 2 rows of 1 columns"),
        ([(True, True)], "answered 1 rows of 2 columns"),
    ],
)
def test_anything_else_is_not(rows: list[tuple[Any, ...]], told: str) -> None:
    with pytest.raises(PgsopError, match="assertion 'fine' ") as failed:
        check(rows, SETTINGS)
    assert told in str(failed.value)
    assert "4711" not in str(failed.value)
