# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines with a name and a value."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import configuration_lines
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.literal_trees import (
    EXPRESSION,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a]\nb = c\n[d.e]\nf = 1\n[[g]]\nh=i", {"a": {"b": "c"}, "d": {"e": {"f": "1"}}, "g": {"h": "i"}}),
        ("a: {b: c,\n  d: 'e'}\nf: g", {"a": {"b": "c", "d": "e"}, "f": "g"}),
        ('a = { b = "c", d = 1 }', {"a": {"b": "c", "d": "1"}}),
        (
            "env:\n- name: A\n  value: b\n- name: C\n  valueFrom:\n    key: x\nd: e",
            {"env": {"A": "b", "C": EXPRESSION}, "d": "e"},
        ),
        ("l:\n  - {name: A, value: b}\n  - {name: C,\n     value: d}", {"l": {"A": "b", "C": "d"}}),
        ("l:\n  - a: 1\n    b: 2\n  - a: 3\n", {"l": {"0": {"a": "1", "b": "2"}, "1": {"a": "3"}}}),
        ("a.b=jdbc\\:x\\=y\\u0041\\\\z\nc=d\\e", {"a": {"b": "jdbc:x=yA\\z"}, "c": "de"}),
        ("C=d\\e\\:f", {"C": "d\\e\\:f"}),
        ("'a': 'b',\nport: 1,\nc: d,", {"a": "b", "port": "1", "c": EXPRESSION}),
        ("A=${x\nB=1", {"A": "${x", "B": "1"}),
    ],
)
def test_trees(text: str, expected: dict[str, Any]) -> None:
    assert configuration_lines.read(text) == expected


@pytest.mark.parametrize("text", ["", "'a' => 'b'", "a == b", "f('x')", "A=1\ncanary"])
def test_other_texts(text: str) -> None:
    assert configuration_lines.read(text) is None


@pytest.mark.parametrize("text", ["A='canary' yranac", "a: 1\n[a]\nb=canary", "a=1\na.b=canary", "A=canary\nA=yranac"])
def test_what_is_refused_is_not_repeated(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        configuration_lines.read(text)
    assert "anar" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c = connect(host='h')", True),
        ("c = new Pool({", True),
        ("c = f(", True),
        ("A=b(c", False),
        ("A='b(c)'", False),
        ("a: b", False),
    ],
)
def test_calls(text: str, expected: bool) -> None:
    assert configuration_lines.has_call(text) is expected
