# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens as the server's scanner finds them."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.sql_text import tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Select Ä", ["select", "Ä"]),
        ('"A""b".c', ['A"b', ".", "c"]),
        ("'it''s' E'a\\'b' x'1f' N'n'", ["it's", "a\\'b", "1f", "n"]),
        ("$$q$x$$ $a$ $$ ' $a$", ["q$x", " $$ ' "]),
        ("$1::int", ["$1", "::", "int"]),
        ("a -- b\n/* c /* d */ e */ f", ["a", "f"]),
        ("a=-1", ["a", "=", "-", "1"]),
        ("a@-1", ["a", "@-", "1"]),
        ("a === b", ["a", "===", "b"]),
        ("a+/* x */b", ["a", "+", "b"]),
        ("f(a => 1)", ["f", "(", "a", "=>", "1", ")"]),
        ("a =>> 1", ["a", "=>>", "1"]),
        ("v := 1..10", ["v", ":=", "1", "..", "10"]),
        ("1.5e3 .5", ["1.5e3", ".5"]),
        ("'open", ["open"]),
        ("$$open", ["open"]),
        ("/* open", []),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert [each.text for each in tokens(text)] == expected
