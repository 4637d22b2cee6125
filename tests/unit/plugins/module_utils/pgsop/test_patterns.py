# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regular expressions that are compiled late."""

from __future__ import annotations

import re

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.patterns import Pattern


def test_it_does_what_a_compiled_one_does() -> None:
    late, compiled = Pattern("(a)b?", re.IGNORECASE), re.compile("(a)b?", re.IGNORECASE)
    for text in ("", "ab", "xAb", "xa ab"):
        assert str(late.match(text)) == str(compiled.match(text))
        assert str(late.match(text, 1)) == str(compiled.match(text, 1))
        assert str(late.fullmatch(text)) == str(compiled.fullmatch(text))
        assert str(late.fullmatch(text, 1)) == str(compiled.fullmatch(text, 1))
        assert str(late.search(text)) == str(compiled.search(text))
        assert late.findall(text) == compiled.findall(text)
        assert late.sub("x", text) == compiled.sub("x", text)


def test_a_broken_one_fails_when_it_is_used() -> None:
    broken = Pattern("(")
    with pytest.raises(re.error):
        broken.search("")
