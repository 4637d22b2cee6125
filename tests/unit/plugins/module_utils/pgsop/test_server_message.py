# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages of programs: the entry and the condition are shown, no word of a row is."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.server_message import (
    UNKNOWN,
    noted_error,
    program_error,
    toc_failures,
)

CANARY = "canary"
LISTING = """;
; Archive created at 2026-11-29 15:04:00 UTC
;     TOC Entries: 5
;
3468; 0 17142 TABLE DATA app rs postgres
3318; 1259 17167 INDEX app ixt_i postgres
3319; 1259 17174 INDEX app iyt_i postgres
3320; 1259 17179 INDEX app dvt_i postgres
3321; 2606 17156 FK CONSTRAINT app chi fk x postgres
3322; 0 17157 TABLE DATA app m ix t postgres
"""
ONE_JOB = """pg_restore: connecting to database for restore
pg_restore: creating TABLE "app.m ix
t"
pg_restore: processing data for table "app.rs"
pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 3468; 0 17142 TABLE DATA rs postgres
pg_restore: error: COPY failed for table "rs": ERROR:  bad value canary
CONTEXT:  PL/pgSQL function app.ck(text) line 1 at RAISE
COPY rs, line 1: "4711	canary"
pg_restore: creating INDEX "app.iyt_i"
pg_restore: from TOC entry 3319; 1259 17174 INDEX iyt_i postgres
pg_restore: error: could not execute query: ERROR:  invalid input syntax for type integer: "canary"
CONTEXT:  PL/pgSQL function app.iy(text) line 1 at RETURN
Command was: CREATE INDEX iyt_i ON app.iyt USING btree (app.iy(v));


pg_restore: from TOC entry 3321; 2606 17156 FK CONSTRAINT chi fk x postgres
pg_restore: error: could not execute query: ERROR:  insert or update on table "chi" violates foreign key constraint "fk x"
DETAIL:  Key (p)=(canary) is not present in table "par".
Command was: ALTER TABLE ONLY app.chi
    ADD CONSTRAINT "fk x" FOREIGN KEY (p) REFERENCES app.par(id);


pg_restore: warning: errors ignored on restore: 3
"""
#: As written by two jobs at the same time: prefixes stand in other lines, and entries before the first error.
TWO_JOBS = """pg_restore: pg_restore: pg_restore: finished item 3475 TABLE DATA bg
pg_restore: launching item 3476 TABLE DATA m ix
t
while PROCESSING TOC:
pg_restore: from TOC entry 3320; 1259 17179 INDEX dvt_i postgres
pg_restore: while PROCESSING TOC:
pg_restore: pg_restore: from TOC entry 3468; 0 17142 TABLE DATA rs postgres
from TOC entry 3318; 1259 17167 INDEX ixt_i postgres
pg_restore: error: pg_restore: error: COPY failed for table "rs": ERROR:  division by zero
CONTEXT:  COPY rs, line 1: "canary"
could not execute query: ERROR:  value "canary" is out of range for type integer
Command was: CREATE INDEX ixt_i ON app.ixt USING btree (app.ix(v));


pg_restore: error: could not execute query: ERROR:  no canary
Command was: CREATE INDEX dvt_i ON app.dvt USING btree (app.dv(a, b));


pg_restore: error: a worker process died unexpectedly
"""
FK, INVALID, RANGE = "foreign_key_violation", "invalid_text_representation", "numeric_value_out_of_range"


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (
            ONE_JOB,
            [
                (3468, "TABLE DATA", "app rs", "raise_exception"),
                (3319, "INDEX", "app iyt_i", INVALID),
                (3321, "FK CONSTRAINT", "app chi fk x", FK),
            ],
        ),
        (
            TWO_JOBS,
            [
                (3468, "TABLE DATA", "app rs", "division_by_zero"),
                (3318, "INDEX", "app ixt_i", RANGE),
                (3320, "INDEX", "app dvt_i", UNKNOWN),
            ],
        ),
        ("", []),
    ],
)
def test_every_entry_is_found_with_its_condition(errors: str, expected: list[tuple[int, str, str, str]]) -> None:
    found = toc_failures(errors, LISTING)
    assert [(each.entry_id, each.description, each.object, each.condition) for each in found] == expected
    unlisted = toc_failures(errors)
    assert [each.entry_id for each in unlisted] == [number for number, *_more in expected]
    assert CANARY not in f"{found} {unlisted} {program_error(errors, 'x.log')}"


@pytest.mark.parametrize(
    ("line", "description", "name"),
    [
        ("2606 17156 CHECK CONSTRAINT t t_a_check postgres", "CHECK CONSTRAINT", "t t_a_check"),
        ("0 17156 MATERIALIZED VIEW DATA mv postgres", "MATERIALIZED VIEW DATA", "mv"),
        ("1259 17156 MATERIALIZED VIEW mv postgres", "MATERIALIZED VIEW", "mv"),
        ("0 0 ACL SCHEMA public pg_database_owner", "ACL", "SCHEMA public"),
        ("0 0 ENCODING ENCODING (no owner)", "ENCODING", "ENCODING"),
        ("0 17156 TABLE DATA m ix\nt postgres", "TABLE DATA", "m ix t"),
        ("3079 17156 EXTENSION pg_trgm ", "EXTENSION", "pg_trgm"),
    ],
)
def test_entry_is_named_without_a_listing(line: str, description: str, name: str) -> None:
    errors = (
        f"pg_restore: from TOC entry 7; {line}\npg_restore: error: could not execute query: ERROR:  out of memory\n"
    )
    (found,) = toc_failures(errors)
    assert (found.description, found.object, found.condition) == (description, name, "out_of_memory")
    assert program_error(errors, "x.log").startswith(f"{description} {name}: out of memory")


def test_row_that_has_the_form_of_a_message_is_not_shown() -> None:
    row = "x\npg_restore: from TOC entry 99; 0 1 TABLE canary postgres\npg_restore: error: canary 1\ncanary\nERROR:  canary"
    errors = (
        "pg_restore: from TOC entry 3468; 0 17142 TABLE DATA rs postgres\n"
        f'pg_restore: error: COPY failed for table "rs": ERROR:  invalid input syntax for type integer: "{row}"\n'
        f'CONTEXT:  COPY rs, line 1, column a: "{row}"\n'
    )
    found = toc_failures(errors, LISTING)
    assert [each.entry_id for each in found] == [3468]
    assert CANARY not in f"{found} {program_error(errors, listing=LISTING)}"
    notice = f"pg_restore: WARNING:  {row}\npg_restore: error: could not execute query: ERROR:  {row}\n"
    assert CANARY not in program_error(notice, listing=LISTING)


def test_entry_is_told_once_and_with_its_first_error() -> None:
    errors = ONE_JOB + ONE_JOB.replace("bad value canary", "division by zero")
    assert [each.condition for each in toc_failures(errors)] == ["raise_exception", INVALID, FK]


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        (
            'pg_restore: error: could not open input file "/x/canary": No such file or directory\n',
            "could not open input file '...': No such file or directory",
        ),
        (
            (
                'pg_dump: error: connection to server on socket "/run/.s.PGSQL.5432" failed: Connection refused\n'
                "\tIs the server running locally and accepting connections on that socket?\n"
            ),
            (
                "connection to server on socket '...' failed: Connection refused"
                " Is the server running locally and accepting connections on that socket?"
            ),
        ),
        (
            'pg_dump: error: connection to server on socket "/run/x" failed: FATAL:  database "canary" does not exist\n',
            "database '...' does not exist (invalid_catalog_name; see x.log)",
        ),
        (
            (
                'pg_dump: error: Dumping the contents of table "t" failed: PQgetResult() failed.\n'
                "pg_dump: detail: Error message from server: ERROR:  invalid page in block 3 of relation base/5/canary\n"
                "pg_dump: detail: Command was: COPY app.t (a, b) TO stdout;\n"
            ),
            "table t: invalid page in block N of relation ... (data_corrupted; see x.log)",
        ),
        (
            (
                'pg_dump: error: Dumping the contents of table "t" failed: PQgetResult() failed.\n'
                "pg_dump: error: Error message from server: ERROR:  canceling statement due to statement timeout\n"
                "pg_dump: error: The command was: COPY app.t (a, canary) TO stdout;\n"
            ),
            "table t: canceling statement due to statement timeout (query_canceled; see x.log)",
        ),
        (
            (
                'vacuumdb: error: processing of database "shop" failed: ERROR:  canary is bad\n'
                "CONTEXT:  PL/pgSQL function app.f(integer) line 1 at RAISE\n"
            ),
            "a function raised an exception (raise_exception; see x.log)",
        ),
        (
            "pg_dumpall: error: query failed: FEHLER:  Wert canary\nDETAIL:  canary\n",
            "an error with a message that may hold data; see x.log",
        ),
        (
            "setpriv: failed to execute 'canary': No such file or directory\n",
            "setpriv: failed to execute '...': No such file or directory",
        ),
        ('pg_restore: error: odd "canary\n', "odd"),
        ('pg_restore: connecting to database for restore\npg_restore: creating TABLE "app.t"\n', ""),
        ("", ""),
    ],
)
def test_program_error(errors: str, expected: str) -> None:
    assert program_error(errors, "x.log") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                'A migration failed to apply.\nDatabase error code: 23505\nDatabase error:\nERROR: could not create unique index "u"\n'
                "DETAIL: Key (a)=(canary) is duplicated.\n"
            ),
            "could not create unique index '...' (unique_violation)",
        ),
        (
            'ERROR: duplicate key value violates unique constraint "u" (SQLSTATE 23505)',
            "duplicate key value violates unique constraint '...' (unique_violation)",
        ),
        ("ERROR: canary is bad (SQLSTATE P0001)", "SQLSTATE P0001"),
        ("db: canary", ""),
        ("", ""),
    ],
)
def test_error_that_another_program_noted(text: str, expected: str) -> None:
    assert noted_error(text) == expected


@pytest.mark.parametrize(
    ("errors", "condition"),
    [
        ('WARNING:  value is canary\nERROR:  invalid input syntax for type integer: "canary"\n', INVALID),
        ("NOTICE:  canary\nDETAIL:  canary\nERROR:  canary\nCONTEXT:  canary", "an error with a message"),
        ("WARNING:  canary\n", "an error with a message"),
        ('WARNING:  canary\nERROR:  relation "canary" does not exist', "undefined_table"),
    ],
)
def test_warnings_before_the_error_of_psql_are_not_shown(errors: str, condition: str) -> None:
    shown = program_error(errors)
    assert condition in shown
    assert CANARY not in shown
