# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A draft keeps one value for each keyword, and each note once."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.parsed_string import (
    Draft,
    ParsedString,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


def test_two_values_for_one_keyword_are_refused_without_either() -> None:
    draft = Draft()
    draft.put("password", "canary")
    draft.put("password", "canary")
    with pytest.raises(DsnError) as caught:
        draft.put("password", "yranac")
    assert "anar" not in str(caught.value)


def test_what_is_within_is_taken_over_once() -> None:
    draft = Draft(notes=["a"])
    draft.include(ParsedString({"host": "h"}, ("a", "b")))
    assert draft.parsed() == ParsedString({"host": "h"}, ("a", "b"))


def test_no_value_is_in_the_representation() -> None:
    draft = Draft({"password": "canary"})
    assert "canary" not in repr(draft) + repr(draft.parsed())
