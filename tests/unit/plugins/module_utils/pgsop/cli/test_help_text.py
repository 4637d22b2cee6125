# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Help texts as wide as the terminal."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.help_text import laid_out, parts

TEXT = """\
A paragraph of
two lines.

examples:
  pgsop a       what it does at all times
  pgsop a --long-option
words:
  one   the first of all of the words in it"""
BESIDE = """\
A paragraph of two lines.

examples:
  pgsop a                what it does at all times
  pgsop a --long-option
words:
  one  the first of all of the words in it"""
BELOW = """\
A paragraph of two lines.

examples:
  pgsop a
      what it does at all times
  pgsop a --long-option
words:
  one  the first of all of the words
       in it"""


@pytest.mark.parametrize(("columns", "expected"), [(80, BESIDE), (37, BELOW)])
def test_layout(columns: int, expected: str) -> None:
    assert "\n".join(laid_out(TEXT, columns)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  pgsop a    what it does", ("pgsop a", "what it does")),
        ("  pgsop a --b 'c d'", ("pgsop a --b 'c d'", "")),
        ("      far in", ("far in", "")),
    ],
)
def test_parts(line: str, expected: tuple[str, str]) -> None:
    assert parts(line) == expected
