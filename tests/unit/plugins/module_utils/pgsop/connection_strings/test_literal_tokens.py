# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Program text as tokens."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import literal_tokens
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


def shown(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in literal_tokens.split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.b->c = 'x'", [("word", "a.b->c"), ("sign", "="), ("string", "x")]),
        ("$x := 1 // note\n# note\n/* a\nb */ y", [("word", "$x"), ("sign", ":="), ("word", "1"), ("word", "y")]),
        (":host => 'h'", [("string", "host"), ("sign", "=>"), ("string", "h")]),
        ("<?php 'x' ?>", [("string", "x")]),
        (
            r"""'it\'s' "a\"b" `c"d` '\\'""",
            [("string", "it's"), ("string", 'a"b'), ("string", 'c"d'), ("string", "\\")],
        ),
        (r'"a\nb\u00e9\x41\$"', [("string", "a\nbéA$")]),
        (r"r'a\n'", [("string", r"a\n")]),
        ("A::B.new", [("word", "A::B.new")]),
        ("", []),
    ],
)
def test_tokens(text: str, expected: list[tuple[str, str]]) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("'a{b}$c'", True),
        ('"a$b"', True),
        ('<?php "a$b"', False),
        ("<?php 'a$b'", True),
        (r'<?php "a\$b"', True),
        ('"a#{b}"', False),
        ("`a${b}`", False),
        ("`a$b`", True),
        ("f'a{b}'", False),
        ('$"a{b}"', False),
        (r"'a\n'", False),
        (r"'\x41a'", False),
        (r'"a\q"', False),
        ('"""a\nb"""', False),
    ],
)
def test_variables_in_texts(text: str, plain: bool) -> None:
    (token,) = literal_tokens.split(text)
    assert token.plain is plain


def test_the_first_of_a_line() -> None:
    assert [token.first for token in literal_tokens.split("a b\n\nc 'd'\n/* x\n*/ e")] == [
        True,
        False,
        True,
        False,
        True,
    ]


@pytest.mark.parametrize("text", ["'canary", '"canary\n"', '"""canary"'])
def test_what_is_refused_is_not_repeated(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        literal_tokens.split(text)
    assert "canary" not in str(caught.value)
