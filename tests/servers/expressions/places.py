# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places of a database that hold expressions, and their definitions as pg_dump takes them from the catalog.

The servers of these tests come without pg_dump. It prints the answers of the same functions (pg_get_expr, pg_get_constraintdef,
pg_get_viewdef and so on) in a session without a search path.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.aerovista.postgresql.tests.servers.expressions.generator import (
    COLUMNS,
    TABLE,
    Expression,
    Writer,
    text_of,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

#: What every copy has from the start; a table gets at most _WIDTH objects of a kind.
BASE = (
    TABLE,
    *(f"CREATE TABLE public.t{group} (LIKE public.t)" for group in range(4)),
    "CREATE TABLE public.w (k int, l int, m text)",
    "CREATE FUNCTION public.act() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end'",
)
_WIDTH = 100
TYPES = {
    "number": "numeric",
    "text": "text",
    "boolean": "boolean",
    "date": "date",
    "interval": "interval",
    "numbers": "integer[]",
}
_ANY = tuple(TYPES)


@dataclass(frozen=True)
class Place:
    """Where an expression can be.

    Attributes:
        kind, name: of the object in a description.
        definition: how it is created; of a column, in CREATE TABLE.
        amount: how many of them a database gets.
        types: of the expression.
        columns: that the expression may use; a prefix for them.
        subqueries, text_constants: whether it may have any.
        since: the major version.
    """

    kind: str
    name: str
    definition: str
    amount: int
    types: Sequence[str] = ("boolean",)
    columns: Mapping[str, Sequence[str]] | None = None
    prefix: str = ""
    subqueries: bool = False
    text_constants: bool = True
    since: int = 13

    def key(self, number: int, kind: str) -> tuple[str, str]:
        """Kind and name of one of them, as in a description."""
        return self.kind, self.name.format(number=number, group=number // _WIDTH, type=TYPES[kind])

    def define(self, number: int, kind: str, expression: Expression) -> str:
        """Its definition."""
        values = {"number": number, "group": number // _WIDTH, "type": TYPES[kind], "text": text_of(expression)}
        return self.definition.format(**values)

    def write(self, chance: random.Random, kind: str) -> Expression:
        """An expression for it."""
        columns = COLUMNS if self.columns is None else self.columns
        return Writer(chance, columns, self.prefix, self.subqueries, self.text_constants).write(kind)


PLACES = (
    Place(
        "constraint",
        "public.t{group}.c{number}",
        "ALTER TABLE public.t{group} ADD CONSTRAINT c{number} CHECK ({text})",
        400,
    ),
    Place("column", "public.default{group}.d{number}", "d{number} {type} DEFAULT ({text})", 200, _ANY, {}),
    Place(
        "column",
        "public.generated{group}.g{number}",
        "g{number} {type} GENERATED ALWAYS AS ({text}) STORED",
        200,
        _ANY,
        text_constants=False,
    ),
    Place("index", "public.i{number}", "CREATE INDEX i{number} ON public.t{group} (({text}))", 150, _ANY),
    Place("index", "public.p{number}", "CREATE INDEX p{number} ON public.t{group} (i) WHERE {text}", 150),
    Place(
        "view",
        "public.v{number}",
        "CREATE VIEW public.v{number} AS SELECT {text} AS q FROM public.t",
        200,
        _ANY,
        subqueries=True,
    ),
    Place(
        "view",
        "public.y{number}",
        "CREATE VIEW public.y{number} AS SELECT i FROM public.t WHERE {text}",
        100,
        subqueries=True,
    ),
    Place(
        "policy",
        "public.t{group}.p{number}",
        "CREATE POLICY p{number} ON public.t{group} USING ({text})",
        200,
        subqueries=True,
    ),
    Place(
        "domain constraint",
        "public.d{number}.k",
        "CREATE DOMAIN public.d{number} AS numeric CONSTRAINT k CHECK ({text})",
        150,
        columns={"number": ("VALUE",)},
    ),
    Place(
        "routine",
        "public.argument{number}(a {type})",
        "CREATE FUNCTION public.argument{number}(a {type} DEFAULT {text}) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        100,
        _ANY,
        {},
    ),
    Place(
        "trigger",
        "public.t{group}.w{number}",
        "CREATE TRIGGER w{number} BEFORE UPDATE ON public.t{group} FOR EACH ROW WHEN ({text}) EXECUTE FUNCTION public.act()",
        75,
        prefix="new.",
    ),
    Place(
        "rule",
        "public.t{group}.r{number}",
        "CREATE RULE r{number} AS ON UPDATE TO public.t{group} WHERE {text} DO ALSO UPDATE public.w SET k = 1",
        75,
        prefix="old.",
        subqueries=True,
    ),
    Place(
        "routine",
        "public.body{number}()",
        "CREATE FUNCTION public.body{number}() RETURNS {type} LANGUAGE sql BEGIN ATOMIC SELECT {text} FROM public.t; END",
        100,
        _ANY,
        subqueries=True,
        since=14,
    ),
    Place(
        "statistics",
        "public.s{number}",
        "CREATE STATISTICS public.s{number} ON i, ({text}) FROM public.t{group}",
        50,
        _ANY,
        since=14,
    ),
)

#: By kind and name as in a description, the definition.
Definitions = dict[tuple[str, str], str]

_QUERIES = (
    (
        13,
        """SELECT 'column', format('%s.%I', d.adrelid::regclass, a.attname), format('%I %s %s', a.attname, format_type(a.atttypid, a.atttypmod),
    CASE a.attgenerated WHEN 's' THEN format('GENERATED ALWAYS AS (%s) STORED', pg_get_expr(d.adbin, d.adrelid))
        ELSE 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END)
FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum ORDER BY d.adrelid, d.adnum""",
    ),
    (
        13,
        """SELECT 'constraint', format('%s.%I', conrelid::regclass, conname),
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid <> 0 AND contype = 'c'""",
    ),
    (
        13,
        """SELECT 'domain constraint', format('%s.%I', t.oid::regtype, k.conname), format('CREATE DOMAIN %s AS %s CONSTRAINT %I %s',
    t.oid::regtype, format_type(t.typbasetype, t.typtypmod), k.conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid WHERE k.contype = 'c' AND t.typnamespace = 'public'::regnamespace""",
    ),
    (
        13,
        "SELECT 'index', oid::regclass::text, pg_get_indexdef(oid) FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace",
    ),
    (
        13,
        """SELECT 'view', oid::regclass::text, format('CREATE VIEW %s AS %s', oid::regclass, pg_get_viewdef(oid)) FROM pg_class
WHERE relkind = 'v' AND oid >= 16384""",
    ),
    (
        13,
        """SELECT 'policy', format('%s.%I', polrelid::regclass, polname),
    format('CREATE POLICY %I ON %s USING (%s)', polname, polrelid::regclass, pg_get_expr(polqual, polrelid)) FROM pg_policy""",
    ),
    (13, "SELECT 'trigger', format('%s.%I', tgrelid::regclass, tgname), pg_get_triggerdef(oid) FROM pg_trigger"),
    (
        13,
        """SELECT 'rule', format('%s.%I', ev_class::regclass, rulename), pg_get_ruledef(oid) FROM pg_rewrite
WHERE rulename <> '_RETURN' AND oid >= 16384""",
    ),
    (
        13,
        """SELECT 'routine', format('%I.%I(%s)', pronamespace::regnamespace, proname, pg_get_function_identity_arguments(oid)),
    format('CREATE FUNCTION %I.%I(%s) RETURNS %s LANGUAGE sql AS %L', pronamespace::regnamespace, proname,
        pg_get_function_arguments(oid), pg_get_function_result(oid), prosrc)
FROM pg_proc WHERE oid >= 16384 AND proname ~ '^argument'""",
    ),
    (
        14,
        """SELECT 'routine', format('%I.%I(%s)', pronamespace::regnamespace, proname, pg_get_function_identity_arguments(oid)),
    format('CREATE FUNCTION %I.%I() RETURNS %s LANGUAGE sql %s', pronamespace::regnamespace, proname, pg_get_function_result(oid),
        pg_get_function_sqlbody(oid))
FROM pg_proc WHERE oid >= 16384 AND proname ~ '^body'""",
    ),
    (
        14,
        "SELECT 'statistics', format('%I.%I', stxnamespace::regnamespace, stxname), pg_get_statisticsobjdef(oid) FROM pg_statistic_ext",
    ),
)


def definitions(server: Server, database: str) -> Definitions:
    """All of them, in the order in which they can be created."""
    found: Definitions = {}
    with server.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SET search_path = ''")
        for since, query in _QUERIES:
            if server.major >= since:
                cursor.execute(query)
                found.update({(kind, name): text for kind, name, text in cursor.fetchall()})
    return found


def build(server: Server, database: str, wanted: Definitions) -> None:
    """Create a database with these definitions."""
    server.execute(f"CREATE DATABASE {database} TEMPLATE template0")
    tables: dict[str, list[str]] = {}
    for (kind, name), text in wanted.items():
        if kind == "column":
            tables.setdefault(name.rsplit(".", 1)[0], []).append(text)
    made = [
        f"CREATE TABLE {name} ({'LIKE public.t, ' if 'generated' in name else ''}{', '.join(columns)})"
        for name, columns in tables.items()
    ]
    rest = [text for (kind, _name), text in wanted.items() if kind != "column"]
    server.execute(*BASE, "SET search_path = ''", *made, *rest, database=database)


def settle(server: Server, found: Definitions) -> Definitions:
    """What the server prints once it prints what it has read: these definitions, restored until nothing changes."""
    result, moving = dict(found), dict(found)
    while moving:
        build(server, "settling", moving)
        read = definitions(server, "settling")
        server.execute("DROP DATABASE settling")
        moving = {key: text for key, text in read.items() if text != result[key]}
        result.update(moving)
    return result
