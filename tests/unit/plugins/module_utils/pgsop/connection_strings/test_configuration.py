# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of applications as names and values."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import configuration
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.literal_trees import (
    EXPRESSION,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.parsed_string import Draft
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1", {"A": "1"}),
        ("export A=1\nset B='2'\nENV C=\"3\"\n", {"A": "1", "B": "2", "C": "3"}),
        ("# note\n\n[section]\nA = x y # note\n; note\n! note", {"section": {"A": "x y"}}),
        ('A="a#b" # note\nB=\'it\'\'s\'\nC="a\\"b\\$c"\nD=a#b', {"A": "a#b", "B": "it's", "C": 'a"b$c', "D": "a#b"}),
        ("a.b.c=1\na.b.d=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a:\n  b: 1\n  c:\n    d: 'x'\ne: 2", {"a": {"b": "1", "c": {"d": "x"}}, "e": "2"}),
        ('a:\n  ports:\n    - "1:2"\n    - x\n  b: 1', {"a": {"ports": {}, "b": "1"}}),
        ("a: &x\n  b: 1\nc:\n  <<: *x\n  d: 2", {"a": {"b": "1"}, "c": {"b": "1", "d": "2"}}),
        ("environment:\n  - A=1\n  - B=2", {"environment": {"A": "1", "B": "2"}}),
        ('---\n"a": "1",\n\'b\': x', {"a": "1", "b": "x"}),
        ('{"a": {"b": 1}, "c": [1], "d": null, "e": true}', {"a": {"b": "1"}, "e": "True"}),
        ("D = {'a': {'b': 1, 'c': 'x'},}", {"a": {"b": "1", "c": "x"}}),
        ("'default': {'a': 'b'},", {"default": {"a": "b"}}),
    ],
)
def test_trees(text: str, expected: dict[str, Any]) -> None:
    draft = Draft()
    assert configuration.parse(text, draft) == expected
    assert len(draft.notes) == 1


def test_line_ends_of_windows_are_told() -> None:
    draft = Draft()
    assert configuration.parse("A=1\r\nB='2'\r\n", draft) == {"A": "1", "B": "2"}
    assert len(draft.notes) == 2


@pytest.mark.parametrize("text", ["", "appdb", "postgresql://h/x", "A=1\ncanary", "a:b", "url:postgresql://h/x", "1=2"])
def test_other_texts(text: str) -> None:
    draft = Draft()
    assert configuration.parse(text, draft) is None
    assert draft.notes == []


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "canary}',
        "{'a': 'canary' 'b}",
        "{host: canary, yranac}",
        "f('canary",
        'A="canary"yranac',
        "A='canary",
        "a.b=1\na.b.c=canary\n",
        "A=canary\nB=2\nA=yranac",
        "{" * 5000,
        f"{'canary.' * 5000}a=1",
    ],
)
def test_what_is_refused_is_not_repeated(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        configuration.parse(text, Draft())
    assert "anar" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("host=h password=x", True),
        ("Host=h;Port=1", True),
        ("schema=x", True),
        ("DB_HOST=h", False),
        ("host: h", False),
        ("host=h\nport=1", False),
    ],
)
def test_one_pair(text: str, expected: bool) -> None:
    assert configuration.is_one_pair(text) is expected


def test_python_warns_of_nothing(recwarn: pytest.WarningsRecorder) -> None:
    assert configuration.parse("{'PASSWORD': 'a\\canary'}", Draft()) == {"PASSWORD": "a\\canary"}
    assert len(recwarn) == 0


def test_an_expression_is_a_variable_that_was_not_filled_in() -> None:
    tree = configuration.parse("DATABASES = {'default': {'HOST': 'h', 'PASSWORD': os.environ['canary']}}", Draft())
    assert tree == {"default": {"HOST": "h", "PASSWORD": EXPRESSION}}
