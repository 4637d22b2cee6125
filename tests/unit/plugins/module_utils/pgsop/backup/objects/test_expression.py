# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expressions as they are compared."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.objects.expression import plain

SAME = (
    (
        "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
        "((status)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))",
    ),
    ("'-1'::integer", "('-1')::bigint"),
    ("x::timestamp(3) without time zone", "x"),
    ("now() - '1 day'::interval day to second(3)", "now() - '1 day'"),
    ("a::numeric(10,2)[] = b", "a = b"),
    ('x::"Odd ""s"."T y"', "x"),
    ("(a + b)", "a  +\n b"),
)
DIFFERENT = (
    ("'a::text'", "'a'"),
    ("'(a)'", "'a'"),
    ("'it''s'", "'its'"),
    ("E'a\\'b::text'", "E'a\\'b'"),
    ('"A b"', '"A  b"'),
    ("a < b", "a > b"),
    ("a b", "ab"),
    ("a.b", "a"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_the_server_writes_otherwise_is_the_same(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_what_somebody_wrote_otherwise_is_not(one: str, other: str) -> None:
    assert plain(one) != plain(other)
