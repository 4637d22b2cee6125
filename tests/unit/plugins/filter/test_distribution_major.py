# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Major versions by facts as Ansible gathers them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.aerovista.postgresql.plugins.filter.distribution_major import FilterModule, distribution_major


@pytest.mark.parametrize(
    ("distribution", "version", "expected"),
    [
        ("Debian", "12", 15),
        ("Debian", "12.5", 15),
        ("Debian", "12.11", 15),
        ("Debian", "13", 17),
        ("Debian", "13.1", 17),
        ("Debian", 13, 17),
        ("Ubuntu", "24.04", 16),
        ("Ubuntu", 24.04, 16),
    ],
)
def test_major_is_the_distributions_own(distribution: str, version: Any, expected: int) -> None:
    facts = {"distribution": distribution, "distribution_version": version, "distribution_major_version": "x"}
    assert distribution_major(facts) == expected


@pytest.mark.parametrize(
    ("distribution", "version"),
    [
        ("Debian", "11"),
        ("Debian", "1"),
        ("Debian", "testing/sid"),
        ("Debian", ""),
        ("Debian", None),
        ("Ubuntu", "24.10"),
        ("Ubuntu", "24"),
        ("Ubuntu", "22.04"),
        ("ubuntu", "24.04"),
        ("Rocky", "9.4"),
    ],
)
def test_unknown_release_is_refused_with_the_way_out(distribution: str, version: Any) -> None:
    with pytest.raises(
        AnsibleFilterError, match=r"is not among the supported releases \(Debian 12, .*set postgresql_version"
    ):
        distribution_major({"distribution": distribution, "distribution_version": version})


@pytest.mark.parametrize("facts", [{}, {"distribution": ""}, {"distribution": None}, {"distribution_version": "12"}])
def test_missing_facts_are_told(facts: dict[str, Any]) -> None:
    with pytest.raises(AnsibleFilterError, match="gather them"):
        distribution_major(facts)


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"distribution_major": distribution_major}
