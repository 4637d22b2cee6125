# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every managed role must be able to do in the end, written down by hand, and asked of the server role by role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import psycopg2

from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server
from ansible_collections.aerovista.postgresql.tests.servers.targets import COLUMN_PRIVILEGES, COLUMNS
from ansible_collections.aerovista.postgresql.tests.servers.world import (
    APP,
    DATABASE,
    ODD,
    QUOTED,
    ROUTINES,
    SCHEMAS,
    SEQUENCES,
    TABLES,
    TYPES,
    PrivilegeSetup,
    quote,
)


class Rule(NamedTuple):
    """Who may do what; an empty schema or name stands for all."""

    role: str
    kind: str
    privileges: str
    schema: str = ""
    name: str = ""
    column: str = ""
    grantable: bool = False


class Question(NamedTuple):
    """Whether a role has a privilege on an object or a column."""

    role: str
    kind: str
    schema: str
    name: str
    column: str
    privilege: str
    grantable: bool


WRITE = "SELECT INSERT UPDATE DELETE"

#: A role that has everything on everything in its schemas.
OWNER = {"sop": "m_app", "separated": "m_owner"}

#: What is in force for all objects of the schemas.
RULES = {
    "sop": [
        *(Rule(role, "d", "CONNECT") for role in ("m_app", QUOTED, "m_extra", "m_group")),
        Rule(QUOTED, "n", "USAGE"),
        Rule(QUOTED, "r", "SELECT"),
        Rule(QUOTED, "s", "SELECT"),
        *(Rule(role, "n", "USAGE", APP) for role in ("m_extra", "m_group")),
        Rule("m_group", "s", "SELECT USAGE UPDATE", ODD),
        Rule("m_group", "f", "EXECUTE", APP),
    ],
    "separated": [
        *(Rule(role, "d", "CONNECT") for role in ("m_migrator", QUOTED, "m_reader")),
        *(Rule(role, "n", "USAGE") for role in (QUOTED, "m_reader")),
        Rule(QUOTED, "r", WRITE),
        Rule(QUOTED, "s", "SELECT USAGE"),
        Rule(QUOTED, "f", "EXECUTE"),
        Rule("m_reader", "r", "SELECT"),
        Rule("m_reader", "s", "SELECT"),
    ],
}

#: What is in force for single objects.
SPECIAL = {
    "sop": [
        Rule("m_extra", "r", "SELECT INSERT", APP, "t_plain", grantable=True),
        *(Rule(role, "r", "SELECT UPDATE", APP, "t_identity", "Odd col") for role in ("m_extra", "PUBLIC")),
    ],
    "separated": [],
}

#: What the owner of the schemas may do with what the administrator made there.
FROM_ADMINISTRATOR = {
    "sop": [Rule("m_app", "r", WRITE), Rule("m_app", "s", "SELECT USAGE"), Rule("m_app", "f", "EXECUTE")],
    "separated": [],
}

#: What is made later, by kind.
LATER = {"r": "later", "s": "later_s", "f": "later()", "T": "later_t"}

EVERYBODY = [Rule("PUBLIC", "T", "USAGE")]

MEMBERS = {"sop": {"m_extra": "m_group"}, "separated": {"m_migrator": "m_owner"}}

#: By kind: the function that knows, and how it wants to be asked.
_ASK = {
    "r": "has_table_privilege",
    "c": "has_column_privilege",
    "s": "has_sequence_privilege",
    "f": "has_function_privilege",
    "T": "has_type_privilege",
    "n": "has_schema_privilege",
    "d": "has_database_privilege",
}


def privileges(kind: str, major: int) -> tuple[str, ...]:
    """All privileges there are."""
    table = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    if kind == "r":
        return (*table, "MAINTAIN") if major >= 17 else table
    return {
        "c": COLUMN_PRIVILEGES,
        "s": ("USAGE", "SELECT", "UPDATE"),
        "f": ("EXECUTE",),
        "T": ("USAGE",),
        "n": ("USAGE", "CREATE"),
        "d": ("CONNECT", "TEMPORARY", "CREATE"),
    }[kind]


def things() -> Iterator[tuple[str, str, str, str]]:
    """Everything that is asked about: kind, schema, name, column."""
    yield from (("r", schema, name, "") for schema, name in TABLES)
    yield from (("c", *place, column) for place, columns in COLUMNS.items() for column in columns if column != "ctid")
    yield from (("s", schema, name, "") for schema, name in SEQUENCES)
    yield from (("f", schema, f"{name}({arguments})", "") for schema, name, arguments in ROUTINES)
    yield from (("T", schema, name, "") for schema, name in (*TYPES, (APP, "t_plain")))
    yield from (("n", name, "", "") for name in SCHEMAS)
    yield ("d", "", DATABASE, "")


def expected(world: PrivilegeSetup, question: Question, rules: Iterable[Rule], owner: str) -> bool:
    """What the declaration says of a question."""
    roles = {question.role, MEMBERS[world.name].get(question.role), "PUBLIC"}
    if owner in roles and question.kind != "d":
        return True
    for rule in rules:
        here = rule.schema in ("", question.schema) and rule.name in ("", question.name)
        kinds = {rule.kind, "c"} if rule.kind == "r" and rule.column in ("", question.column) else {rule.kind}
        whole = not rule.column or question.kind == "c"
        held = question.privilege in rule.privileges.split() and (rule.grantable or not question.grantable)
        if rule.role in roles and question.kind in kinds and here and whole and held:
            return True
    return False


def ask(cursor: Any, questions: list[Question]) -> list[bool]:
    """What the server says."""
    answers: dict[Question, bool] = {}
    for kind, function in _ASK.items():
        asked = [question for question in questions if question.kind == kind]
        if not asked:
            continue
        column = "col, " if kind == "c" else ""
        rows = [
            (q.role, _text(q), q.column, q.privilege + (" WITH GRANT OPTION" if q.grantable else "")) for q in asked
        ]
        columns = [list(values) for values in zip(*rows, strict=True)]
        cursor.execute(
            f"SELECT {function}(role, thing, {column}privilege) FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])"
            " WITH ORDINALITY AS q (role, thing, col, privilege, place) ORDER BY place",
            columns,
        )
        answers.update(zip(asked, (row[0] for row in cursor.fetchall()), strict=True))
    return [answers[question] for question in questions]


def _text(question: Question) -> str:
    if question.kind == "f":
        name, _bracket, arguments = question.name.partition("(")
        return f"{quote(question.schema)}.{quote(name)}({arguments.replace('VARIADIC ', '')}"
    if question.kind in "nd":
        return question.schema or question.name
    return f"{quote(question.schema)}.{quote(question.name)}"


def wrong_answers(
    cursor: Any,
    world: PrivilegeSetup,
    major: int,
    what: Iterable[tuple[str, str, str, str]],
    rules: list[Rule],
    owner: str,
) -> list[str]:
    """Questions that the server answers in another way than the declaration does."""
    questions = [
        Question(role, kind, schema, name, column, privilege, grantable)
        for kind, schema, name, column in what
        for role in world.managed
        for privilege in privileges(kind, major)
        for grantable in (False, True)
    ]
    answers = ask(cursor, questions)
    return [
        f"{'has' if answer else 'lacks'} {question}"
        for question, answer in zip(questions, answers, strict=True)
        if answer != expected(world, question, rules, owner)
    ]


class Maker(NamedTuple):
    """Who makes things later, what of it is asked about, and what holds then."""

    role: str
    schema: str
    kinds: str
    rules: list[Rule]
    owner: str


def makers(world: PrivilegeSetup) -> Iterator[Maker]:
    """The owner, the administrator, and whoever has default privileges declared."""
    rules = [*RULES[world.name], *EVERYBODY]
    for schema in SCHEMAS:
        yield Maker(OWNER[world.name], schema, "rsfT", rules, OWNER[world.name])
        # What PUBLIC gets of routines and types that the administrator makes anywhere is no part of the declaration.
        yield Maker(ADMINISTRATOR, schema, "rs", [*rules, *FROM_ADMINISTRATOR[world.name]], "")
    if world.name == "sop":
        yield Maker("m_extra", APP, "r", [Rule("m_group", "r", "SELECT", APP)], "m_extra")


def complaints(server: Server, world: PrivilegeSetup) -> list[str]:
    """What of the state is not as declared: of what there is, and of what will be made later."""
    rules = [*RULES[world.name], *EVERYBODY, *SPECIAL[world.name]]
    connection = psycopg2.connect(**server.address(DATABASE))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET search_path TO ''")
            found = wrong_answers(cursor, world, server.major, things(), rules, OWNER[world.name])
            for maker in makers(world):
                connection.rollback()
                try:
                    _make(cursor, maker)
                except psycopg2.Error as error:
                    found.append(f"{maker.role} can make nothing in {maker.schema}: {error}")
                    continue
                later = [(kind, maker.schema, LATER[kind], "") for kind in maker.kinds]
                said = wrong_answers(cursor, world, server.major, later, maker.rules, maker.owner)
                found += [f"made later by {maker.role}: {line}" for line in said]
            return found
    finally:
        connection.close()


def _make(cursor: Any, maker: Maker) -> None:
    place = quote(maker.schema)
    cursor.execute("SET LOCAL search_path TO ''")
    cursor.execute(f"GRANT CREATE ON SCHEMA {place} TO {quote(maker.role)}; SET LOCAL ROLE {quote(maker.role)}")
    cursor.execute(f"CREATE TABLE {place}.later (a int)")
    cursor.execute(f"CREATE SEQUENCE {place}.later_s")
    cursor.execute(f"CREATE FUNCTION {place}.later() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    cursor.execute(f"CREATE TYPE {place}.later_t AS ENUM ('x')")
    cursor.execute("RESET ROLE")
