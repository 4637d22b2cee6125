# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that roles write: read, or refused in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.declared import (
    is_number,
    is_text,
    is_whole,
    name_variables,
    object_problems,
    order_problems,
    read,
    refuse,
    text_problems,
    to_number,
    unknown_keys,
    whole_number_problems,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError


def test_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"version": 17}', encoding="utf-8")
    assert read(str(path), "pg_backup") == {"version": 17}


def test_one_that_is_not_there_names_who_writes_it(tmp_path: Path) -> None:
    with pytest.raises(PgsopError, match=r"there is no such file.*run role pg_monitoring, which writes it"):
        read(str(tmp_path / "x.json"), "pg_monitoring")


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe"])
def test_one_that_is_no_json_is_to_be_written_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(PgsopError, match="role pg_backup writes the file anew"):
        read(str(path), "pg_backup")


def test_all_problems_are_told_at_once() -> None:
    refuse([], "/x.json", "pg_backup")
    with pytest.raises(PgsopError, match=r"/x.json.*one; two.*run role pg_backup"):
        refuse(["one", "two"], "/x.json", "pg_backup")


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("keep_days is 0", "pg_x_keep_days is 0"),
        ("keep: there is no check y", "pg_x_keep: there is no check y"),
        ("keep_days is 9, above keep, which is 8", "pg_x_keep_days is 9, above pg_x_keep, which is 8"),
        ("keeper is 0", "keeper is 0"),
        ("there is no key keep", "there is no key keep"),
        ("keep is 'above keep'", "pg_x_keep is 'above keep'"),
    ],
)
def test_key_is_named_as_the_variable(problem: str, expected: str) -> None:
    assert name_variables([problem], "pg_x", ("keep", "keep_days")) == [expected]


@pytest.mark.parametrize(
    ("value", "whole", "number", "text"),
    [
        (0, True, True, False),
        (-3, True, True, False),
        (1.5, False, True, False),
        (True, False, False, False),
        (None, False, False, False),
        ("3", False, False, True),
        ("", False, False, False),
        ([1], False, False, False),
    ],
)
def test_value_is_of_one_kind(value: Any, whole: bool, number: bool, text: bool) -> None:
    assert (is_whole(value), is_number(value), is_text(value)) == (whole, number, text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("70", 70),
        ("-1", -1),
        ("2.5", 2.5),
        ("70%", "70%"),
        ("", ""),
        ("\u00b2", "\u00b2"),
        ("--5", "--5"),
        ("1.", "1."),
        (True, True),
        (None, None),
        ([1], [1]),
    ],
)
def test_text_of_a_template_is_its_number(value: Any, expected: Any) -> None:
    found = to_number(value)
    assert (found, type(found)) == (expected, type(expected))


def test_unknown_keys_are_sorted_text() -> None:
    assert unknown_keys({"b": 1, True: 2, "a": 3, "known": 4}, ["known", "missing"]) == ["True", "a", "b"]


@pytest.mark.parametrize(
    ("declared", "known", "expected"),
    [
        ([], ["version"], ["it is no JSON object"]),
        (None, None, ["it is no JSON object"]),
        ({"version": 17, "x": 1}, ["version"], ["there is no key x"]),
        ({"version": 17, "x": 1}, None, []),
        ({"x": 1}, None, ["version, the major version of the cluster, is missing"]),
    ],
)
def test_object_has_known_keys_and_a_version(declared: Any, known: Any, expected: list[str]) -> None:
    assert object_problems(declared, known) == expected


def test_whole_numbers_have_a_least_value() -> None:
    least = {"a": 1, "b": 0, "missing": 5}
    assert whole_number_problems({"a": 1, "b": 0}, least) == []
    assert whole_number_problems({"a": 0, "b": "3", "c": -1}, least) == [
        "a is 0 and must be a whole number, at least 1",
        "b is '3' and must be a whole number, at least 0",
    ]


def test_texts_are_not_empty() -> None:
    assert text_problems({"a": "x", "b": "", "c": 3, "d": 4}, ["a", "b", "c", "missing"]) == [
        "b is '' and must be text",
        "c is 3 and must be text",
    ]


@pytest.mark.parametrize(
    ("warn", "crit", "lower_is_worse", "expected"),
    [
        (1, 1, False, []),
        (1, 2, False, []),
        (2, 1, False, ["w is 2, above c, which is 1"]),
        (2, 1, True, []),
        (1, 2, True, ["w is 1, below c, which is 2"]),
        (2, None, False, []),
        (None, 1, True, []),
    ],
)
def test_warning_comes_before_critical(warn: Any, crit: Any, lower_is_worse: bool, expected: list[str]) -> None:
    assert order_problems({"w": warn, "c": crit}, "w", "c", lower_is_worse=lower_is_worse) == expected
