# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions of sets of 0.4.0."""

from __future__ import annotations

import hashlib

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.objects.abbreviations import statement
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.objects.form_1 import plain
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.objects.queries_code import CODE
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.objects.queries_other import OTHER
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.objects.queries_relations import (
    RELATIONS,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.objects.queries_search import SEARCH

#: Digests of all queries, by major version. They differ from those of 0.4.0 in one thing: privileges of roles that do not exist are left out.
QUERIES = {
    13: "d5c5f9f757b1aa98",
    14: "c64567385e3d30eb",
    15: "b645f670f4817a94",
    16: "d9c35fe653ca4ad9",
    17: "d9c35fe653ca4ad9",
    18: "d9c35fe653ca4ad9",
}
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


def test_words_stay_those_of_0_4_0() -> None:
    assert plain("CHECK ((((a > (- 1)) AND (b)::text <> 'x'::text) OR (c = '-1'::integer)))") == (
        "CHECK a > - 1 AND b < > 'x' OR c = '-1'"
    )


@pytest.mark.parametrize("major", QUERIES)
def test_queries_stay_as_they_are(major: int) -> None:
    queries = (*RELATIONS, *CODE, *SEARCH, *OTHER)
    texts = [(kind, statement(query, major, 1)) for since, kind, query in queries if major >= since]
    assert hashlib.sha256(repr(texts).encode()).hexdigest()[:16] == QUERIES[major]
