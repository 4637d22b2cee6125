# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad rules are told before a host is asked."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.filter.hba_problems import FilterModule, hba_problems

ADMIN = {"type": "local", "user": ["postgres"], "method": "peer"}
SOP = [{"type": "host", "address": address, "method": "scram-sha-256"} for address in ("127.0.0.1/32", "::1/128")]


def test_good_rules_have_no_problems() -> None:
    assert hba_problems([ADMIN, *SOP]) == []


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([], "no rule matches it"),
        (SOP, "locked out"),
        ([ADMIN, {"type": "host", "method": "trust"}], "rule 2: address"),
        ([ADMIN, {"type": "host", "address": "all", "method": "trust"}], "lets anybody in"),
        ([ADMIN, {"typ": "host"}], "rule 2: unknown key typ"),
        ([ADMIN, ADMIN], "can never match"),
    ],
)
def test_bad_rules_are_told(rules: list[dict[str, Any]], words: str) -> None:
    assert any(words in problem for problem in hba_problems(rules))


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"hba_problems": hba_problems}
