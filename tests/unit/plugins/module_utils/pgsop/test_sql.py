# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL text: names and literals written as the server writes them, and lists read back unchanged."""

from __future__ import annotations

import re

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sql import (
    KEYWORDS,
    join_identifiers,
    quote_identifier,
    quote_literal,
    setting_name,
    split_identifiers,
    split_paths,
)


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("app", "app"),
        ("_app_1", "_app_1"),
        ("App", '"App"'),
        ("1app", '"1app"'),
        ("my app", '"my app"'),
        ("my-app", '"my-app"'),
        ("a.b", '"a.b"'),
        ("a$b", '"a$b"'),
        ('a"b', '"a""b"'),
        ('"; DROP', '"""; DROP"'),
        ("app\n", '"app\n"'),
        ("d\u00e9p\u00f4t", '"d\u00e9p\u00f4t"'),
        ("", '""'),
        # keywords: reserved, may be a function or type, may be a column; new in 16 and in 17; unreserved ones stay bare
        ("user", '"user"'),
        ("left", '"left"'),
        ("none", '"none"'),
        ("system_user", '"system_user"'),
        ("merge_action", '"merge_action"'),
        ("schema", "schema"),
        ("role", "role"),
        ("public", "public"),
        ("User", '"User"'),
    ],
)
def test_identifier_is_quoted_as_the_server_does(name: str, quoted: str) -> None:
    assert quote_identifier(name) == quoted


def test_keywords_are_those_of_all_majors() -> None:
    """164 in 17 and 18, which hold all that 13 to 16 have."""
    assert len(KEYWORDS) == 164
    assert {word for word in KEYWORDS if not re.fullmatch(r"[a-z_]+", word)} == set()
    kinds = {"select", "concurrently", "coalesce", "json_table", "xmltable", "normalize", "zone", "schema", "owner"}
    assert kinds & KEYWORDS == kinds - {"zone", "schema", "owner"}


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", "''"),
        ("app", "'app'"),
        ("it's", "'it''s'"),
        ('say "no"', "'say \"no\"'"),
        ("a\\b", "E'a\\\\b'"),
        ("\\'", "E'\\\\'''"),
        ("two\nlines", "'two\nlines'"),
        ("100%", "'100%'"),
    ],
)
def test_literal_is_quoted_as_the_server_does(text: str, quoted: str) -> None:
    assert quote_literal(text) == quoted


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("", []),
        (" \n", []),
        ("auto_explain\n", ["auto_explain"]),
        (" auto_explain , /opt/My Libs/a.so,$libdir/x ", ["auto_explain", "/opt/My Libs/a.so", "$libdir/x"]),
        ('"a, b", "c""d"', ["a, b", 'c"d']),
        (f"/{'x' * 80}.so", [f"/{'x' * 80}.so"]),
        # no lists, which the server ignores
        ("a,", []),
        ("a,,b", []),
        ('"a" b', []),
        ('"a', []),
    ],
)
def test_list_of_files(text: str, paths: list[str]) -> None:
    assert split_paths(text) == paths


#: Stored text of a list setting, and the names in it.
STORED = [
    ("", []),
    ('""', [""]),
    ("app", ["app"]),
    ("app, public", ["app", "public"]),
    ('"My Schema", public', ["My Schema", "public"]),
    ('"app, public"', ["app, public"]),
    ('"$user", public', ["$user", "public"]),
    ('"a""b", "select"', ['a"b', "select"]),
    ('"", app', ["", "app"]),
    ('"\u00c4pfel", "a\\b"', ["\u00c4pfel", "a\\b"]),
]


@pytest.mark.parametrize(("text", "names"), STORED)
def test_stored_list_is_split_and_joined(text: str, names: list[str]) -> None:
    assert split_identifiers(text) == names
    assert join_identifiers(names) == text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("  ", []),
        (" app ,\tPUBLIC\n", ["app", "public"]),
        ("\u00c4B", ["\u00c4b"]),
        ('a"b', ['a"b']),
        ("$user", ["$user"]),
        ('""""', ['"']),
        ("x" * 70, ["x" * 63]),
        ('"' + "\u00e9" * 32 + '"', ["\u00e9" * 31]),
        # no lists
        ("a b", ["a b"]),
        ("a,", ["a,"]),
        (",a", [",a"]),
        ("a,,b", ["a,,b"]),
        ('"a', ['"a']),
        ('"a"b', ['"a"b']),
        ('"a" "b"', ['"a" "b"']),
    ],
)
def test_list_by_hand_is_read_as_the_server_reads_it(text: str, names: list[str]) -> None:
    assert split_identifiers(text) == names


@pytest.mark.parametrize(
    ("name", "written"),
    [("work_mem", "work_mem"), ("pg_trgm.x", "pg_trgm.x"), ("a.B", 'a."B"'), ("role", "role"), ("user", '"user"')],
)
def test_setting_is_written_as_sql(name: str, written: str) -> None:
    assert setting_name(name) == written
