# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The known name that a mistyped one is most like."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.nearest import did_you_mean, nearest

KNOWN = ("appdb", "postgres", "reports")


@pytest.mark.parametrize(
    ("name", "similar", "expected"),
    [
        ("appbd", 0.6, "appdb"),
        ("postgers", 0.6, "postgres"),
        ("report", 0.9, "reports"),
        ("repo", 0.9, ""),
        ("repo", 0.6, "reports"),
        ("", 0.6, ""),
        ("zzz", 0.6, ""),
    ],
)
def test_nearest(name: str, similar: float, expected: str) -> None:
    assert nearest(name, KNOWN, similar) == expected
    assert (expected in did_you_mean(name, KNOWN, similar)) if expected else not did_you_mean(name, KNOWN, similar)
