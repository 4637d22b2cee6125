# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that may be declared: refused if the server would not keep them."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.names import name_problem


@pytest.mark.parametrize("what", ["role", "database", "schema", "extension"])
@pytest.mark.parametrize(
    "name",
    [
        "app",
        "App",
        "my app",
        'a"b',
        "it's",
        "a;b",
        "100%",
        "d\u00e9p\u00f4t",
        "\U0001f418",
        "x" * 63,
        "a-b",
        "pgbench",
        "publico",
    ],
)
def test_name_is_fine(name: str, what: str) -> None:
    assert name_problem(name, what) is None


@pytest.mark.parametrize("what", ["role", "database", "schema", "extension"])
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "the name for a {what} is empty"),
        ("a\nb", "{what} name 'a\\nb' has a control character"),
        ("a\0", "{what} name 'a\\x00' has a control character"),
        ("a\x9b", "{what} name 'a\\x9b' has a control character"),
        ("a\ud800", "{what} name 'a\\ud800' is no valid Unicode text"),
        ("x" * 64, f"{{what}} name '{'x' * 64}' has 64 bytes in UTF-8; the server would cut it after 63"),
        (
            "\u00e9" * 32,
            f"{{what}} name '{chr(0xE9) * 32}' has 64 bytes in UTF-8; the server would cut it after 63",
        ),
    ],
)
def test_name_is_refused_for_anything(name: str, what: str, problem: str) -> None:
    assert name_problem(name, what) == problem.format(what=what)


@pytest.mark.parametrize(
    ("what", "name", "reason"),
    [
        ("role", "public", "pg_*, public (everybody) and none (nobody)"),
        ("role", "PUBLIC", "everybody"),
        ("role", "none", "nobody"),
        ("role", "pg_monitor", "pg_*"),
        ("role", "pg_", "pg_*"),
        ("schema", "pg_catalog", "pg_*"),
        ("schema", "information_schema", "information_schema"),
        ("extension", "-x", "hyphen"),
        ("extension", "x-", "hyphen"),
        ("extension", "a--1", "hyphen"),
        ("extension", "../x", "slash"),
    ],
)
def test_name_is_refused_for_what_it_names(what: str, name: str, reason: str) -> None:
    assert reason in (name_problem(name, what) or "")
    assert name_problem(name, "database") is None


@pytest.mark.parametrize(
    ("what", "name"), [("role", "PG_x"), ("schema", "public"), ("schema", "none"), ("extension", "pg_trgm")]
)
def test_name_is_not_refused_for_what_only_resembles(what: str, name: str) -> None:
    assert name_problem(name, what) is None
