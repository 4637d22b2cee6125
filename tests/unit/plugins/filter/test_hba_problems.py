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
        ("abc", "'abc' are not a list"),
        (None, "None are not a list"),
        ([ADMIN, 5], "rule 2: 5 is not a mapping"),
        ([ADMIN, None], "rule 2: None is not a mapping"),
        ([ADMIN, "type=local"], "rule 2: 'type=local' is not a mapping"),
        ([{1: 2}], "rule 1: unknown key 1"),
        ([{**ADMIN, "options": "map=staff"}], "rule 1: options 'map=staff' are not a mapping"),
        ([{**ADMIN, "options": ["map"]}], "rule 1: options ['map'] are not a mapping"),
    ],
)
def test_bad_rules_are_told(rules: Any, words: str) -> None:
    assert any(words in problem for problem in hba_problems(rules))


@pytest.mark.parametrize(
    ("maps", "words"),
    [
        ("abc", "'abc' are not a list"),
        (None, "None are not a list"),
        ({"map": "staff"}, "are not a list"),
        (["map=staff"], "ident map 1: 'map=staff' is not a mapping"),
        ([None], "ident map 1: None is not a mapping"),
        ([{1: 2}], "ident map 1: unknown key 1"),
        ([{"map": "staff", "system_user": 5, "role": "clerk"}], "system_user 5 is not a name"),
        ([{"map": "staff", "system_user": "ann", "role": "/clerk"}], "role '/clerk' is a regular expression"),
    ],
)
def test_bad_maps_are_named(maps: Any, words: str) -> None:
    assert any(words in problem for problem in hba_problems([ADMIN], maps))


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"hba_problems": hba_problems}
