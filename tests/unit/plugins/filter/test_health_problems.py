# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration that the host command would refuse is told before a host is asked."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.filter.health_problems import FilterModule, health_problems


def test_shortest_configuration_has_no_problems() -> None:
    assert health_problems({"version": 17}) == []


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({}, "version"),
        ({"version": 12}, "at least 13"),
        ({"version": 17, "deadline_s": 0}, "pg_monitoring_deadline_s is 0"),
        ({"version": 17, "disabled": ["disk.spaec"]}, "pg_monitoring_disabled: there is no check disk.spaec"),
        ({"version": 17, "exclude": {"disk.spaec": ["/"]}}, "pg_monitoring_exclude: there is no check disk.spaec"),
        ({"version": 17, "thresholds": {"disk.space": {"warm": 70}}}, "has no limit warm"),
        ({"version": 17, "thresholds": {"disk.space": {"warn": "70 %"}}}, "must be a number"),
        ({"version": 17, "thresholds": {"disk.space": {"warn": 95}}}, "above crit"),
        ({"version": 17, "extra_checks": [{"name": "queue", "sql": "SELECT 1"}]}, "must have database"),
    ],
)
def test_bad_configuration_is_told(configuration: dict[str, Any], words: str) -> None:
    assert any(words in problem for problem in health_problems(configuration))


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"health_problems": health_problems}
