# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows, sequences and large objects are counted right, wherever the pieces of the stream are cut."""

from __future__ import annotations

import random

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.row_counter import Counter, Decoded

HEAD = b"""--
-- PostgreSQL database dump
--

\\restrict abc

SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

"""


def copy(name: bytes, *rows: bytes) -> bytes:
    """As pg_restore writes a table's data."""
    title = b"--\n-- Data for Name: %s; Type: TABLE DATA; Schema: public; Owner: a\n--\n\n" % name.replace(b"\n", b" ")
    return title + b"COPY public.%s (a) FROM stdin;\n" % name + b"".join(row + b"\n" for row in rows) + b"\\.\n\n\n"


def count(stream: bytes, *cuts: int) -> Decoded:
    """The stream in pieces."""
    counter = Counter()
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        counter.feed(stream[start:end])
    return counter.found


TABLES = [
    pytest.param(copy(b"t", b"1", b"2", b"3"), [3], id="three rows"),
    pytest.param(copy(b"t"), [0], id="no row"),
    pytest.param(copy(b"t") + copy(b"u") + copy(b"v"), [0, 0, 0], id="nothing but empty tables"),
    pytest.param(copy(b"t", b""), [1], id="one empty row"),
    pytest.param(copy(b"t", b"", b"", b""), [3], id="empty rows only"),
    pytest.param(copy(b"t", b"a") + copy(b"u", b"b", b"c") + copy(b"v"), [1, 2, 0], id="one after the other"),
    pytest.param(copy(b"t", b"a\\\\", b"\\\\", b"\\\\\\\\"), [3], id="rows that end in backslashes"),
    pytest.param(copy(b"t", b"\\\\.", b"a\\.", b"\\. ", b" \\.", b"\\.x", b"x\t\\."), [6], id="rows like the end"),
    pytest.param(copy(b"t", b"\\N", b"a\\nb", b"\\\\n\\\\.\\\\n"), [3], id="nulls and line feeds in values"),
    pytest.param(copy(b"t", b"a\r", b"\r", b"a\x0b\x0c\x85"), [3], id="other ends of lines in values"),
    pytest.param(copy(b"t", b"\xff\xfe\x00", b"\xe6\x95\xb0"), [2], id="bytes that are no text"),
    pytest.param(copy(b't"x\ny\n"', b"1", b"2"), [2], id="line feeds in the table's name"),
    pytest.param(copy(b't"\n\n\\.\n"', b"1"), [1], id="the end of rows in the table's name"),
    pytest.param(
        copy(b't"\n FROM stdin;\n""\n FROM stdin;\n"', b"1"), [1], id="the end of the statement in the table's name"
    ),
    pytest.param(
        copy(b"t", b"COPY public.x (a) FROM stdin;", b"SELECT pg_catalog.setval('s', 5, true);"),
        [2],
        id="rows that read as statements",
    ),
]


@pytest.mark.parametrize(("stream", "rows"), TABLES)
def test_rows_are_counted_wherever_the_stream_is_cut(stream: bytes, rows: list[int]) -> None:
    whole = HEAD + stream + b"-- done\n"
    for position in range(len(HEAD), len(whole)):
        assert count(whole, position) == Decoded(rows=rows), position
    assert count(whole, *range(1, len(whole))) == Decoded(rows=rows)


SEQUENCES = b"""--
-- Name: s; Type: SEQUENCE SET; Schema: public; Owner: a
--

SELECT pg_catalog.setval('public.s', 12, true);


SELECT pg_catalog.setval('public."x
y, 3, false);"', -9223372036854775808, false);
SELECT pg_catalog.setval('public."x'', 3, false);
SELECT pg_catalog.setval(''s''"', 1, true);
"""
VALUES = {
    "public.s": (12, True),
    'public."x\ny, 3, false);"': (-(2**63), False),
    "public.\"x', 3, false);\nSELECT pg_catalog.setval('s'\"": (1, True),
}
LARGE_OBJECTS = b"""BEGIN;

SELECT pg_catalog.lo_open('16396', 131072);
SELECT pg_catalog.lowrite(0, '\\x5c2e0a');
SELECT pg_catalog.lo_close(0);

SELECT pg_catalog.lo_open('16397', 131072);
SELECT pg_catalog.lo_close(0);

COMMIT;

"""


def test_everything_is_counted_wherever_the_stream_is_cut() -> None:
    stream = HEAD + copy(b"t", b"1") + SEQUENCES + LARGE_OBJECTS + copy(b"u", b"2", b"3")
    wanted = Decoded([1, 2], VALUES, 2)
    for position in range(len(stream)):
        assert count(stream, position) == wanted, position


def test_huge_row_is_one_row() -> None:
    rows = [b"a", b"x" * 3_000_000, b"b"]
    stream = copy(b"t", *rows)
    assert count(stream, *range(65_536, len(stream), 65_536)) == Decoded(rows=[3])


@pytest.mark.parametrize("seed", range(30))
def test_random_tables_are_counted_in_random_pieces(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [b"", b"a", b"\\\\", b"\\.", b"\\n", b"\t", b"\\N", b"."]
    tables = []
    for _table in range(chance.randrange(5)):
        rows = [b"".join(chance.choices(pieces, k=chance.randrange(4))) for _row in range(chance.randrange(6))]
        tables.append([row if row != b"\\." else b"" for row in rows])
    stream = HEAD + b"".join(copy(b"t%d" % number, *rows) for number, rows in enumerate(tables))
    cuts = sorted(chance.choices(range(len(stream)), k=chance.randrange(40)))
    assert count(stream, *cuts) == Decoded(rows=[len(rows) for rows in tables])


def test_stream_that_breaks_off_counts_what_came() -> None:
    """pg_restore says by its status that it broke off; the counter does not make up for it."""
    assert count(HEAD + copy(b"t", b"1", b"2")[:-6]).rows[0] <= 2
    assert count(b"") == Decoded()
