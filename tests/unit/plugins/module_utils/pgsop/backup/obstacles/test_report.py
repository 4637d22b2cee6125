# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Obstacles as sentences: each with its object, cut after some, each hint once."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.obstacle import Obstacle
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.report import (
    hints,
    sentence,
    summary,
)


def some(count: int) -> list[dict[str, str]]:
    return [Obstacle("view", f"v{number}", "no.", f"DROP VIEW v{number // 2}").as_dict() for number in range(count)]


def test_sentence_has_the_object_and_the_reason() -> None:
    assert sentence(some(1)[0]) == "view v0: no"


@pytest.mark.parametrize(
    ("count", "told", "steps"),
    [
        (1, "view v0: no", "DROP VIEW v0"),
        (2, "view v0: no; view v1: no", "DROP VIEW v0"),
        (3, "view v0: no; view v1: no; view v2: no", "DROP VIEW v0; then DROP VIEW v1"),
        (
            5,
            "view v0: no; view v1: no; view v2: no; view v3: no; view v4: no",
            "DROP VIEW v0; then DROP VIEW v1; then DROP VIEW v2",
        ),
        (
            8,
            "view v0: no; view v1: no; view v2: no; view v3: no; view v4: no; and 3 more",
            "DROP VIEW v0; then DROP VIEW v1; then DROP VIEW v2",
        ),
    ],
)
def test_summary_is_cut_with_a_count(count: int, told: str, steps: str) -> None:
    assert (summary(some(count)), hints(some(count))) == (told, steps)
