# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left out by a pattern, and what is not."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig


@pytest.mark.parametrize(
    ("name", "expected"), [("appdb", True), ("test_1", False), ("TEST_1", True), ("old", False), ("older", True)]
)
def test_databases_that_are_not_looked_at(name: str, expected: bool) -> None:
    assert HealthConfig(17, exclude_databases=("test_*", "old")).looks_at(name) is expected


@pytest.mark.parametrize(
    ("check", "what", "expected"),
    [
        ("indexes.invalid", "appdb.app.old_i", False),
        ("indexes.invalid", "appdb.app.new_i", True),
        ("indexes.invalid", "other.app.old_i", True),
        ("sequences.exhaustion", "appdb.app.old_i", True),
        ("sequences.exhaustion", "appdb.app.s", False),
    ],
)
def test_things_that_do_not_count(check: str, what: str, expected: bool) -> None:
    config = HealthConfig(17, exclude={"indexes.*": ("appdb.*.old_*",), "sequences.exhaustion": ("appdb.app.s",)})
    assert config.counts(check, what) is expected


@pytest.mark.parametrize(
    ("check", "expected"), [("backup.age", False), ("indexes.invalid", True), ("tables.bloat", False)]
)
def test_checks_that_are_left_out(check: str, expected: bool) -> None:
    assert HealthConfig(17, disabled=("backup.*", "tables.bloat")).asks(check) is expected
