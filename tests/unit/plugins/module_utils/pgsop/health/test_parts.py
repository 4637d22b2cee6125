# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one read of a check brings: exclusions do not count, and an error is skip_reason with its text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError, ServerError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import (
    FirstLookError,
    HiddenError,
    Measured,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.parts import (
    FAILED,
    FIRST_LOOK,
    HIDDEN,
    Part,
    gather,
)

A, B = Measured("a", 1.0), Measured("b", 2.0)


def failing(error: Exception) -> Iterator[Measured]:
    yield A
    raise error


def server_error(code: str) -> ServerError:
    return ServerError(attempted="read", target="t", answer="no", next_step="n", code=code)


@pytest.mark.parametrize(
    ("error", "skip_reason", "reason"),
    [
        (FirstLookError(), FIRST_LOOK, ""),
        (HiddenError("why"), HIDDEN, "why"),
        (server_error("42501"), HIDDEN, "no"),
        (server_error("57014"), FAILED, "no"),
        (PgsopError(attempted="read", target="t", answer="no", next_step="n"), FAILED, "no"),
        (OSError(2, "No such file or directory"), FAILED, "No such file or directory"),
    ],
)
def test_an_error_leaves_what_was_measured(error: Exception, skip_reason: str, reason: str) -> None:
    assert gather(HealthConfig(17), "topic.signal", failing(error)) == Part("", (A,), skip_reason, reason)


@pytest.mark.parametrize(
    ("excluded", "database", "left"),
    [
        ({}, "", (A, B)),
        ({"topic.signal": ("a",)}, "", (B,)),
        ({"topic.*": ("[ab]",)}, "", ()),
        ({"other.signal": ("a",)}, "", (A, B)),
        ({"topic.signal": ("a",)}, "shop", (A, B)),
        ({"topic.signal": ("shop.a",)}, "shop", (B,)),
    ],
)
def test_what_is_excluded_does_not_count(
    excluded: dict[str, tuple[str, ...]], database: str, left: tuple[Measured, ...]
) -> None:
    config = HealthConfig(17, exclude=excluded)
    assert gather(config, "topic.signal", [A, B], database) == Part(database, left)
