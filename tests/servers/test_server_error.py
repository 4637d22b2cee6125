# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors that servers send about rows: the condition and the object are shown, no word of a row is."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import ServerError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.server_conditions import recognize
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

DATABASE = "leak"
CANARY, NUMBER = "kanarienvogel", "4711008150"
MADE = (
    "CREATE SCHEMA app",
    "CREATE TABLE app.p (id bigint PRIMARY KEY)",
    "CREATE TABLE app.t (id bigint, v text, n text)",
    f"INSERT INTO app.t VALUES ({NUMBER}, E'{CANARY}\\n\"''{CANARY}\\nERROR:  {CANARY}'), ({NUMBER}, '{CANARY}')",
    "CREATE FUNCTION app.raises(v text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is bad', v USING HINT = v; END $$",
    (
        "CREATE FUNCTION app.forges(v text) RETURNS int LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION USING MESSAGE = v, DETAIL = v, ERRCODE = '23514', TABLE = v, CONSTRAINT = v; END $$"
    ),
    "CREATE FUNCTION app.runs(v text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('SELECT 1 FROM %I', v); RETURN 1; END $$",
    "CREATE FUNCTION app.touched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '% is bad', new.v; END $$",
    "CREATE TABLE app.u (id bigint, v text)",
    "CREATE TRIGGER u_t BEFORE INSERT ON app.u FOR EACH ROW EXECUTE FUNCTION app.touched()",
    f"CREATE DOMAIN app.d AS text CHECK (VALUE <> '{CANARY}')",
)
#: What is run, the condition, and the names that have to be in the message.
CONSTRAINTS = [
    (
        f"ALTER TABLE app.t ADD CONSTRAINT t_c CHECK (v <> '{CANARY}')",
        "check_violation",
        "table app.t",
        "constraint t_c",
    ),
    (
        "ALTER TABLE app.t ADD CONSTRAINT t_fk FOREIGN KEY (id) REFERENCES app.p",
        "foreign_key_violation",
        "table app.t",
        "constraint t_fk",
    ),
    ("CREATE UNIQUE INDEX t_u ON app.t (id)", "unique_violation", "table app.t", "constraint t_u"),
    ("ALTER TABLE app.t ALTER n SET NOT NULL", "not_null_violation", "table app.t", "column n"),
    ("INSERT INTO app.p SELECT id FROM app.t", "unique_violation", "table app.p", "constraint p_pkey"),
    ("SELECT v::app.d FROM app.t", "check_violation", "datatype app.d"),
]
VALUES = [
    ("SELECT v::int FROM app.t", "invalid_text_representation"),
    ("SELECT v::timestamptz FROM app.t", "invalid_datetime_format"),
    ("SELECT id::int FROM app.t", "numeric_value_out_of_range"),
    ("SELECT id::text::int FROM app.t", "numeric_value_out_of_range"),
    ("SELECT id / 0 FROM app.t", "division_by_zero"),
    ("ALTER TABLE app.t ALTER v TYPE varchar(3)", "string_data_right_truncation"),
]
FUNCTIONS = [
    ("SELECT app.raises(v) FROM app.t", "raise_exception"),
    ("SELECT app.forges(v) FROM app.t", "check_violation"),
    ("SELECT app.runs(v) FROM app.t", "undefined_table"),
    ("INSERT INTO app.u SELECT id, v FROM app.t", "raise_exception"),
    ("ALTER TABLE app.t ADD CHECK (app.raises(v) > 0)", "raise_exception"),
    ("ALTER TABLE app.t ADD g int DEFAULT app.raises('kanarienvogel')", "raise_exception"),
    ("DO $$ BEGIN RAISE 'kanarienvogel'; END $$", "raise_exception"),
]
#: What only a query of the site computes: any class may have a value in its message.
COMPUTED = [
    ("SELECT v::regclass FROM app.t WHERE v = 'kanarienvogel'", "undefined_table"),
    ("SELECT v::regrole FROM app.t WHERE v = 'kanarienvogel'", "undefined_object"),
    ("SELECT current_setting(v) FROM app.t WHERE v = 'kanarienvogel'", "undefined_object"),
    ("SELECT to_tsquery(v || ' ' || v || ' (') FROM app.t WHERE v = 'kanarienvogel'", "syntax_error"),
    ("SELECT (v || ' x')::jsonpath FROM app.t", "syntax_error"),
    ("SELECT lo_get(id % 4294967296) FROM app.t", "undefined_object"),
    *((statement, name) for statement, name in (*VALUES[:5], *FUNCTIONS[:3])),
]
#: Messages that name objects keep them.
OBJECTS = [
    ("SELECT 1 FROM app.nosuch", 'relation "app.nosuch" does not exist'),
    ("SELECT nosuch FROM app.t", 'column "nosuch" does not exist'),
    ("SELECT app.nosuch(1)", "function app.nosuch(integer) does not exist"),
    ("SELEC 1", 'syntax error at or near "SELEC"'),
]
STATEMENTS = [
    ("GRANT SELECT ON app.t TO nosuch", 'role "nosuch" does not exist'),
    ("DROP TABLE app.u, app.nosuch", 'table "nosuch" does not exist'),
    ("DROP SCHEMA app", "table app.p depends on schema app"),
    ("CREATE DATABASE leak", 'database "leak" already exists'),
    ("SET work_mem = 'much'", 'invalid value for parameter "work_mem": "much"'),
    ("CREATE EXTENSION nosuch", "nosuch"),
]


@pytest.fixture(scope="module")
def leak(server: Server) -> Iterator[Server]:
    server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"CREATE DATABASE {DATABASE}")
    server.execute(*MADE, database=DATABASE)
    yield server
    server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def refused(server: Server, statement: str, *, computes: bool = False) -> ServerError:
    with connect(server.cluster, DATABASE) as session, pytest.raises(ServerError) as error:
        if computes:
            session.tuples(statement)
        else:
            session.execute(statement)
    shown = f"{error.value} {''.join(traceback.format_exception(error.value))}"
    assert CANARY not in shown.replace(statement, "")
    assert NUMBER not in shown
    return error.value


@pytest.mark.parametrize(("statement", "condition", "names"), [(each[0], each[1], each[2:]) for each in CONSTRAINTS])
def test_constraint_is_named_and_its_row_is_not_shown(
    leak: Server, statement: str, condition: str, names: tuple[str, ...]
) -> None:
    answer = refused(leak, statement).answer
    assert condition in answer
    for name in names:
        assert name in answer


@pytest.mark.parametrize(("statement", "condition"), [*VALUES, *FUNCTIONS])
def test_value_is_not_shown(leak: Server, statement: str, condition: str) -> None:
    assert condition in refused(leak, statement).answer


@pytest.mark.parametrize(("statement", "condition"), COMPUTED)
def test_value_that_a_query_of_the_site_computes_is_not_shown(leak: Server, statement: str, condition: str) -> None:
    assert condition in refused(leak, statement, computes=True).answer


@pytest.mark.parametrize(("statement", "words"), [*OBJECTS, *STATEMENTS])
def test_names_of_objects_are_shown(leak: Server, statement: str, words: str) -> None:
    assert words in refused(leak, statement).answer


@pytest.mark.parametrize(("statement", "words"), OBJECTS)
def test_names_that_a_query_of_the_site_has_are_shown(leak: Server, statement: str, words: str) -> None:
    assert words in refused(leak, statement, computes=True).answer


@pytest.mark.parametrize("statement", [each[0] for each in (*CONSTRAINTS, *VALUES, *OBJECTS[:3], *STATEMENTS)])
def test_format_has_the_condition_that_the_server_reports(leak: Server, statement: str) -> None:
    """Programs print no SQLSTATE: there the format is all that is known."""
    with leak.connect(DATABASE) as raw, raw.cursor() as cursor, pytest.raises(psycopg2.Error) as error:
        cursor.execute(statement)
    name = type(error.value).__name__
    found = recognize(f"{error.value.diag.message_primary}\nDETAIL:  {error.value.diag.message_detail}")
    assert found is not None
    assert found[0].replace("_", "") == name.lower()
