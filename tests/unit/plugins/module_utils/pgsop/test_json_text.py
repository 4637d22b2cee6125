# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON of texts that are not UTF-8."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.json_text import to_json

VALUES: list[Any] = ["é€あ😀", 'a"\\\n\udce9', {"b\udcfccher": ["\udc80\udcff", 1, None]}, "\\udce9", "\ud83d\ude00"]


@pytest.mark.parametrize("value", VALUES)
def test_value_comes_back_and_the_text_is_utf_8(value: Any) -> None:
    text = to_json(value, indent=1).encode().decode()
    assert json.loads(text) == json.loads(json.dumps(value))


def test_valid_text_is_as_it_always_was() -> None:
    value = {"b": "é€😀\n", "a": [1, 2]}
    for indent in (None, 0, 1):
        expected = json.dumps(value, indent=indent, sort_keys=True, ensure_ascii=False)
        assert to_json(value, indent=indent, sort_keys=True) == expected
