# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of pg_hba.conf that are not rules, and what is read from a file that a person edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.read import is_managed, read_lines
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import render


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("include other.conf", "includes another file"),
        ("locl all all peer", "not a connection type"),
        ("local all postgres", "a field is missing"),
        ("host all all 127.0.0.1/32", "a field is missing"),
        ("host all all", "a field is missing"),
        ("local all", "a field is missing"),
        ("local", "a field is missing"),
        ('local all "postgres peer', "a quote is not closed"),
        ('local all "a" "postgres peer # "', "not a method"),
        ('local all all peer map="x # y', "a quote is not closed"),
        ("local all all per", "not a method"),
        ("local all all peer map", "an option has no value"),
    ],
)
def test_line_that_is_no_rule_is_named(text: str, problem: str) -> None:
    (line,) = read_lines(f"# above\n\n{text}\n")
    assert (line.number, line.rule) == (3, None)
    assert problem in line.problem


def test_comments_and_blank_lines_are_passed_over() -> None:
    assert read_lines("# one\n\n   # two\n\t\n") == []


def test_backslash_joins_lines_and_the_first_number_counts() -> None:
    (line,) = read_lines("\nlocal all \\\n  all \\\n peer\n")
    assert (line.number, line.text) == (2, "local all all peer")


def test_password_in_a_line_is_not_shown() -> None:
    (line,) = read_lines('local all all ldap ldapbindpasswd="s3 cret"\n')
    assert line.text == "local all all ldap ldapbindpasswd=***"
    assert line.rule is not None
    assert line.rule.options == (("ldapbindpasswd", "s3 cret"),)


@pytest.mark.parametrize("line", ['local all all peer # 19" rack', 'local all "a#b" peer # "'])
def test_quote_in_a_comment_is_not_open(line: str) -> None:
    (found,) = read_lines(f"{line}\n")
    assert (found.problem, found.rule is None) == ("", False)


def test_words_keep_their_quotes() -> None:
    (line,) = read_lines('local "all",all "+staff" peer map="a b"\n')
    assert line.rule is not None
    assert (line.rule.databases, line.rule.users, line.rule.options) == (
        ('"all"', "all"),
        ('"+staff"',),
        (("map", "a b"),),
    )


@pytest.mark.parametrize(
    ("text", "managed"),
    [
        (render([], "pg_hardening"), True),
        (f"\n{render([], 'pg_hardening')}", False),
        ("local all all peer\n", False),
        ("", False),
    ],
)
def test_file_of_this_collection_is_known_by_its_first_line(tmp_path: Path, text: str, *, managed: bool) -> None:
    path = tmp_path / "pg_hba.conf"
    path.write_text(text, encoding="utf-8")
    assert is_managed(str(path)) is managed
    assert not is_managed(str(tmp_path))
