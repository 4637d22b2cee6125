# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queries in full."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.objects.abbreviations import statement


@pytest.mark.parametrize(("form", "text"), [(1, "f.x::text"), (2, "ARRAY(SELECT")])
def test_older_form_has_its_own_texts(form: int, text: str) -> None:
    assert statement("@options(f.x)", 17, form).startswith(text)


@pytest.mark.parametrize(
    ("query", "major", "text"),
    [
        ("SELECT [[14 a.b]], [[15 x]]", 14, "SELECT a.b, NULL"),
        ("SELECT [[15 (SELECT p[1])]]", 15, "SELECT (SELECT p[1])"),
        ("SELECT ARRAY[a[1]]", 13, "SELECT ARRAY[a[1]]"),
        ("WHERE @ours(n)", 17, "WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"),
        ("SELECT a @> b", 17, "SELECT a @> b"),
        ("@options(f.x)", 17, 'ARRAY(SELECT o FROM unnest(f.x) o ORDER BY o COLLATE "C")::text'),
    ],
)
def test_query_is_written_out(query: str, major: int, text: str) -> None:
    assert statement(query, major, 2) == text


def test_nothing_short_is_left_in_the_long_ones() -> None:
    text = statement(
        "SELECT @acl(r, c.acl, c.owner), @comment(pg_class, c.oid, 3) FROM @dumped c, @sorted_acl(L, a.b, a.c)", 17, 2
    )
    assert "@" not in text
    assert "objsubid = 3" in text
    assert "coalesce(c.acl, acldefault('r', c.owner))" in text
