# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a drop-in, read back by a parser written from the server's own grammar (guc-file.l), and reading order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings import dropin

_LINE = re.compile(r"""[ \t\r]*([A-Za-z_][\w$.]*)[ \t\r]*=?[ \t\r]*'((?:[^'\\\n]|\\.|'')*)'[ \t\r]*(?:\#.*)?""")
_ESCAPE = re.compile(r"''|\\([0-7]{1,3}|.)")
_CONTROLS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def read_conf(text: str) -> list[tuple[str, str]]:
    """Names and values as the server reads them; AssertionError on a line it would not understand."""

    def unescape(match: re.Match[str]) -> str:
        code = match.group(1)
        if code is None:
            return "'"
        return chr(int(code, 8)) if code[0] in "01234567" else _CONTROLS.get(code, code)

    entries = []
    for line in text.split("\n"):
        if line.strip(" \t\r") and not line.lstrip(" \t\r").startswith("#"):
            match = _LINE.fullmatch(line)
            assert match is not None, line
            entries.append((match.group(1), _ESCAPE.sub(unescape, match.group(2))))
    return entries


@pytest.mark.parametrize(
    "value",
    [
        "",
        "16MB",
        "localhost,::1",
        "%m [%p] %q%u@%d ",
        "it's",
        "''",
        "'",
        "'''",
        "\\",
        "\\\\",
        "\\'",
        "'\\",
        "\\n is no newline, \\001 no control",
        "C:\\data\\new",
        "# no comment",
        "a = 'b'",
        " blanks around ",
        "tab\there",
        "gr\u00fc\u00dfe \u2028 \u00a0",
        "test -f '/a b/%f' && cp \"%p\" '/a b/%f'",
        "x" * 20_000,
    ],
)
def test_value_comes_back_unchanged(value: str) -> None:
    assert read_conf(dropin.render("t", {"first": "1", "archive_command": value, "last": "2"}, {})) == [
        ("first", "1"),
        ("archive_command", value),
        ("last", "2"),
    ]


@pytest.mark.parametrize(
    "reason",
    ["Plain.", "two\nlines\nwork_mem = '1GB'", "carriage\rreturn", "\u2028separator\x0b\x85", "'quotes' \\", "", "   "],
)
def test_reason_stays_a_comment(reason: str) -> None:
    text = dropin.render("t", {"work_mem": "4MB", "port": "5432"}, {"work_mem": reason, "unknown": "x\ny = 1"})
    assert read_conf(text) == [("work_mem", "4MB"), ("port", "5432")]


def test_every_setting_stands_under_its_reason() -> None:
    text = dropin.render("role", {"work_mem": "4MB", "port": "5432"}, {"work_mem": "  Per sort,\n not per server. "})
    assert text.splitlines() == [
        "# Managed by Ansible, aerovista.postgresql, for role: changes made here are overwritten.",
        "",
        "# Per sort, not per server.",
        "work_mem = '4MB'",
        "",
        "port = '5432'",
    ]


def test_order_of_settings_is_the_callers() -> None:
    assert [name for name, _value in read_conf(dropin.render("t", {"b": "1", "a": "2", "c": "3"}, {}))] == [
        "b",
        "a",
        "c",
    ]


@pytest.mark.parametrize("reason", [None, 5, ["a"]])
def test_reason_of_another_type_does_not_break_the_file(reason: object) -> None:
    reasons: dict[str, Any] = {"work_mem": reason}
    assert read_conf(dropin.render("t", {"work_mem": "4MB"}, reasons)) == [("work_mem", "4MB")]


def test_caller_name_stays_in_the_header() -> None:
    assert read_conf(dropin.render("a\nfsync = 'off'\n#", {"work_mem": "4MB"}, {})) == [("work_mem", "4MB")]


@pytest.mark.parametrize(
    ("priority", "expected"), [(0, "00-t.conf"), (5, "05-t.conf"), (50, "50-t.conf"), (99, "99-t.conf")]
)
def test_file_name_sorts_by_priority(priority: int, expected: str) -> None:
    assert dropin.file_name("t", priority) == expected


@pytest.mark.parametrize(
    ("text", "caller"),
    [
        (dropin.render("pg_tuning", {}, {}), "pg_tuning"),
        (dropin.render("two words", {"work_mem": "4MB"}, {}), "two words"),
        ("work_mem = 4MB\n" + dropin.render("pg_tuning", {}, {}), ""),
        ("", ""),
        (None, ""),
    ],
)
def test_caller_is_read_from_the_header(tmp_path: Path, text: str | None, caller: str) -> None:
    path = tmp_path / "60-x.conf"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert dropin.caller_of(str(path)) == caller


def test_a_new_file_is_shown_with_one_line_for_each_setting() -> None:
    text = dropin.render("t", {"a": "1", "b": "# 'x'", "c": "3"}, {"a": "why", "c": "not \\1 # that"})
    head, *lines = dropin.one_line_each(text).splitlines()
    assert head == text.splitlines()[0]
    assert lines == ["a = '1'  # why", "b = '# ''x'''", "c = '3'  # not \\1 # that"]
    assert read_conf(dropin.one_line_each(text)) == read_conf(text)
