# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Maps of YAML in braces."""

from __future__ import annotations

import json
import random
import string
from typing import Any

import pytest
import yaml

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import (
    configuration_lines,
    flow_maps,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.literal_trees import (
    EXPRESSION,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{host: localhost, port: 5432, password: x y  }", {"host": "localhost", "port": "5432", "password": "x y"}),
        ('{a: \'it\'\'s\', "b": "c\\"d\\n", e: }', None),
        ('{a: \'it\'\'s\', "b": "c\\"d\\n"}', {"a": "it's", "b": 'c"d\n'}),
        (
            "{url: postgres://u:p#x@h:1/d?a=b, # note\n  a: {b: [c, {d: e}]}, }",
            {"url": "postgres://u:p#x@h:1/d?a=b", "a": {"b": {"0": "c", "1": {"d": "e"}}}},
        ),
        ("{env: [{name: A, value: b}, {name: C, valueFrom: {x: y}}]}", {"env": {"A": "b", "C": EXPRESSION}}),
        ("{a: process.env.X, b: env('Y'), c: null, d: ~}", {"a": EXPRESSION, "b": EXPRESSION, "c": "", "d": ""}),
        ("{'HOST': HOST, 'PORT': 1}", {"HOST": EXPRESSION, "PORT": "1"}),
        ("{a: b} # note\n", {"a": "b"}),
        ("{}", {}),
    ],
)
def test_maps(text: str, expected: dict[str, Any] | None) -> None:
    assert flow_maps.read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "[a]",
        "{a}",
        "{a: b, c}",
        "{a: b",
        "{a: b}}",
        "{a: b} c",
        "{a: 'b' 'c'}",
        "{a: b: c}",
        '{a: "b": "c"}',
        "{a: 'b}",
        "{a: b\nc}",
        "{" * 5000,
    ],
)
def test_other_texts(text: str) -> None:
    assert flow_maps.read(text) is None


def test_two_values_are_refused() -> None:
    with pytest.raises(DsnError) as caught:
        flow_maps.read("{a: canary, a: yranac}")
    assert "anar" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"), [("{a: b", 1), ("{a: [b", 2), ("{a: b}", 0), ("{a: '}'", 1), ("a", 0), ("c: d}", -1)]
)
def test_open_brackets(text: str, expected: int) -> None:
    assert flow_maps.depth(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"a\u00fc\u20acb", "aü€b"),
        (r"\x41\U0001F600\ud83d\ude00", "A\U0001f600\U0001f600"),
        (r"\"\\\/\n\_", '"\\/\n\xa0'),
        (r"\d", None),
        (r"\x4", None),
        (r"\ud83d", None),
        (r"\UFFFFFFFF", None),
    ],
)
def test_double_quotes(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(DsnError):
            flow_maps.double_quoted(text)
    else:
        assert flow_maps.double_quoted(text) == expected
        assert configuration_lines.read(f'a:\n  b: "{text}"') == {"a": {"b": expected}}
        assert flow_maps.read(f'{{a: "{text}"}}') == {"a": expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [(r'A="a\d\\\$b"', r"a\d\$b"), (r'A="a\nb"', None), (r'A="a\u00fcb"', None), (r"A='a\nb'", r"a\nb")],
)
def test_double_quotes_of_variables(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(DsnError):
            configuration_lines.read(text)
    else:
        assert configuration_lines.read(text) == {"A": expected}


def test_values_as_other_programs_write_them_are_read_back() -> None:
    source = random.Random(3)
    signs = [*string.printable[:95], *"äß€\u00a0\u2028\U0001f511\x07"]
    for _number in range(300):
        password = "".join(source.choice(signs) for _sign in range(source.randint(1, 12)))
        for text in (yaml.safe_dump({"a": password}, default_style='"', width=10_000), f"a: {json.dumps(password)}\n"):
            assert configuration_lines.read(text) == {"a": password}, text
