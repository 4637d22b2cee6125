# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error messages: rows that cannot be restored are in no output and no file outside of the dump, but the object and the condition are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import Server

#: These tests do not depend on the platform.
PLATFORM = "last"

#: In each row, as a word and as a number; the words also in lines that have the form of messages.
CANARY, NUMBER = "kanarienvogel", "4711008150"
FORGED = """E'CANARY "CANARY" it''s\\nERROR:  CANARY\\npg_restore: error: CANARY\\npg_restore: from TOC entry 1; 0 0 TABLE CANARY postgres'"""
ROW = "INSERT INTO app.t (id, v) VALUES (NUMBER, FORGED), (1, 'CANARY')".replace("FORGED", FORGED)
ROW = ROW.replace("CANARY", CANARY).replace("NUMBER", NUMBER)
TABLE = "CREATE SCHEMA app; CREATE TABLE app.t (id bigint, v text"
#: A function that returns something for the row, and one that does not any more.
FUNCTION = "CREATE OR REPLACE FUNCTION app.f(v text) RETURNS {} LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN {} END $$"
RAISE = "RAISE EXCEPTION 'bad value % %', v, 4711008150;"
FORGE = "RAISE EXCEPTION USING MESSAGE = v, DETAIL = v, HINT = v, ERRCODE = '42P01', TABLE = v, CONSTRAINT = v;"


@dataclass(frozen=True)
class Case:
    """A database with a row that cannot be restored.

    Attributes:
        make: statements before the row is there.
        spoil: statements afterwards.
        shown: words of every error message: the entry and the condition.
    """

    make: str
    spoil: str
    shown: tuple[str, ...]


def _of(returns: str, before: str, after: str, make: str, *shown: str) -> Case:
    """A function that changes; a table comes before it or after it."""
    function = FUNCTION.format(returns, before)
    return Case(make.format(function=function, table=TABLE), FUNCTION.format(returns, after), shown)


CHECK = "CREATE SCHEMA app; {function}; CREATE TABLE app.t (id bigint, v text CHECK (app.f(v)))"
INDEX = TABLE + "); {function}; CREATE INDEX t_i ON app.t (app.f(v))"
GENERATED = (
    "CREATE SCHEMA app; {function}; CREATE TABLE app.t (id bigint, v text, g int GENERATED ALWAYS AS (app.f(v)) STORED)"
)
VIEW = "{table}); {function}; CREATE MATERIALIZED VIEW app.mv AS SELECT app.f(v) FROM app.t"
CASES = {
    "check": _of("bool", "RETURN true;", "RETURN v IS NULL;", CHECK, "TABLE DATA app t", "check_violation"),
    "check_raises": _of("bool", "RETURN true;", RAISE, CHECK, "TABLE DATA app t", "raise_exception"),
    "check_forges": _of("bool", "RETURN true;", FORGE, CHECK, "TABLE DATA app t"),
    "foreign_key": Case(
        TABLE + "); CREATE TABLE app.p (id bigint PRIMARY KEY);"
        " ALTER TABLE app.t ADD CONSTRAINT t_fk FOREIGN KEY (id) REFERENCES app.p; SET session_replication_role = replica",
        "",
        ("FK CONSTRAINT app t t_fk", "foreign_key_violation"),
    ),
    "unique": _of(
        "text",
        "RETURN v;",
        f"RETURN '{CANARY}';",
        TABLE + "); {function}; CREATE UNIQUE INDEX t_u ON app.t (app.f(v))",
        "INDEX app t_u",
        "unique_violation",
    ),
    "not_null": Case(
        TABLE + ", n int)",
        "UPDATE pg_attribute SET attnotnull = true WHERE attrelid = 'app.t'::regclass AND attname = 'n'",
        ("TABLE DATA app t", "not_null_violation"),
    ),
    "invalid": _of("int", "RETURN 1;", "RETURN v::int;", INDEX, "INDEX app t_i", "invalid_text_representation"),
    "range": _of("int", "RETURN 1;", f"RETURN '{NUMBER}'::int;", INDEX, "INDEX app t_i", "numeric_value_out_of_range"),
    "index_raises": _of("text", "RETURN v;", RAISE, INDEX, "INDEX app t_i", "raise_exception"),
    "division": _of("int", "RETURN 1;", "RETURN length(v) / 0;", GENERATED, "TABLE DATA app t", "division_by_zero"),
    "generated_raises": _of("int", "RETURN 1;", RAISE, GENERATED, "TABLE DATA app t", "raise_exception"),
    "view_raises": _of("int", "RETURN 1;", RAISE, VIEW, "MATERIALIZED VIEW DATA app mv", "raise_exception"),
}
#: What only an assertion asks of the rows; each shows a row if its message does.
ASSERTIONS = (
    "SELECT v FROM app.t WHERE id = 1",
    "SELECT v::int > 0 FROM app.t",
    "SELECT id::int > 0 FROM app.t",
    "SELECT v::regclass IS NULL FROM app.t WHERE id = 1",
    "SELECT v::jsonpath IS NULL FROM app.t",
    "SELECT nosuch FROM app.t",
)


def database(name: str) -> str:
    return f"leak_{name}"


@pytest.fixture(scope="module")
def spoiled(server: Server) -> Iterator[Server]:
    """The host, with a database for each case, and one of which assertions ask."""
    try:
        for name, case in CASES.items():
            server.sql(f"CREATE DATABASE {database(name)}")
            statements = [case.make, ROW, *([case.spoil] if case.spoil else [])]
            server.sql("; ".join(statements), database(name))
        server.sql("CREATE DATABASE leak_asked")
        server.sql(f"{TABLE}); {ROW}", "leak_asked")
        yield server
    finally:
        for name in [*CASES, "asked"]:
            server.sql(f"DROP DATABASE IF EXISTS {database(name)}")


@pytest.fixture(scope="module")
def there(spoiled: Server, vault: Vaults) -> Vault:
    assert spoiled.sql("SELECT count(*) FROM app.t", database("asked")) == "2"
    made = vault("messages")
    asked = [{"database": "leak_asked", "sql": sql, "name": f"asked {number}"} for number, sql in enumerate(ASSERTIONS)]
    command = f"{made.state}/tell"
    made.host.check_output(
        "printf %%s %s >%s && chmod 0755 %s", f'#!/bin/sh\necho "$PGSOP_ERROR" >>{made.state}/told\n', command, command
    )
    leaks = [database(name) for name in [*CASES, "asked"]]
    others = made.server.sql("SELECT datname FROM pg_database WHERE NOT datistemplate").splitlines()
    made.configure(exclude=[name for name in others if name not in leaks], assertions=asked, failure_command=command)
    made.report("backup")
    return made


@pytest.fixture(scope="module")
def drilled(there: Vault) -> str:
    """Everything that a drill leaves outside of the dumps."""
    answer = there.run("drill", "--scheduled")
    assert answer.rc == 1
    journal = there.host.check_output("journalctl --sync; journalctl -q -t pgsop -n 5 -o cat")
    listed = "".join(str(there.run(*arguments).stdout) for arguments in (("backups",), ("backups", "--format", "json")))
    return "\n".join([answer.stdout, answer.stderr, journal, listed, _files(there)])


def _files(there: Vault) -> str:
    """All small files of the state folder and of the sets, which are plain even if the set is encrypted."""
    names = "find %s %s -type f ! -path '*.dump*' ! -name '*.objects*' -print0 | xargs -0 cat"
    return str(there.host.check_output(names, there.state, there.directory))


def _quiet(text: str) -> None:
    assert CANARY not in text
    assert NUMBER not in text


@pytest.mark.parametrize("name", CASES)
def test_restore_shows_the_object_and_the_condition_but_no_row(there: Vault, name: str) -> None:
    for arguments in ((), ("--format", "json")):
        answer = there.run("restore", "--database", database(name), "--target", "leak_target", *arguments)
        assert answer.rc == 1, answer
        _quiet(answer.stdout + answer.stderr)
        for words in CASES[name].shown:
            assert words in answer.stdout + answer.stderr
    assert there.scratch() == ""


def _noted(there: Vault) -> dict[str, Any]:
    """What the set's manifest has of its last drill."""
    manifest = json.loads(there.server.read(f"{there.directory}/{there.newest()}/manifest.json"))
    noted: dict[str, Any] = manifest["drills"][-1]
    return noted


@pytest.mark.parametrize("name", CASES)
def test_drill_shows_the_object_and_the_condition(there: Vault, drilled: str, name: str) -> None:
    problems = [part for part in drilled.split(" | ") if f"(database {database(name)} of set " in part]
    assert problems
    for words in CASES[name].shown:
        assert words in _noted(there)["error"]
        assert words in problems[0]


def test_drill_leaves_no_row_anywhere(there: Vault, drilled: str) -> None:
    _quiet(drilled)
    assert f'"error": "{_noted(there)["error"][:20]}' in drilled
    assert _noted(there)["ok"] is False


def test_assertions_show_names_but_no_row(drilled: str) -> None:
    assert 'column "nosuch" does not exist' in drilled
    assert "assertion 'asked 0' answered a value of type str instead of true" in drilled
