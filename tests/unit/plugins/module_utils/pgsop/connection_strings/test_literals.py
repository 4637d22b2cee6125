# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs and calls of program text."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import literals
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.literal_trees import (
    EXPRESSION,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError

TEMPLATE = "${TEMPLATE}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # PHP
        (
            "<?php $x = new PDO('pgsql:host=h', 'u', 'p');",
            {"x": {"PDO": {"url": "pgsql:host=h", "username": "u", "password": "p"}}},
        ),
        (
            "$x = new PDO('pgsql:host=h', $u, 'p')",
            {"x": {"PDO": {"url": "pgsql:host=h", "username": EXPRESSION, "password": "p"}}},
        ),
        ('new PDO("pgsql:host=$h")', {"PDO": {"url": TEMPLATE}}),
        ("pg_connect('host=h dbname=d')", {"pg_connect": {"url": "host=h dbname=d"}}),
        (
            "['a' => 'b', 'host' => env('DB_HOST', 'h'), 'port' => 1, 'x' => ['y' => 'z']]",
            {"a": "b", "host": EXPRESSION, "port": "1", "x": {"y": "z"}},
        ),
        ("'pgsql' => array('host' => 'h')", {"pgsql": {"host": "h"}}),
        ("define('DB_HOST', 'h'); define('DB_PORT', 1, true);", {"DB_HOST": "h", "DB_PORT": "1"}),
        (
            "$db['default']['host'] = 'h';\n$db['default']['user'] = 'u';",
            {"db": {"default": {"host": "h", "user": "u"}}},
        ),
        # JavaScript and TypeScript
        (
            "const p = new Pool({ host: 'h', 'user': \"u\", max: 5, ssl: false, password: process.env.PW || 'x' })",
            {"p": {"Pool": {"host": "h", "user": "u", "max": "5", "ssl": "false", "password": EXPRESSION}}},
        ),
        ("knex({ client: 'pg', connection: { host: 'h' } })", {"knex": {"client": "pg", "connection": {"host": "h"}}}),
        (
            "export const A = new DataSource({ host: 'h', // x\n /* y */ list: [One, 'two'], })",
            {"A": {"DataSource": {"host": "h", "list": EXPRESSION}}},
        ),
        ("postgres('postgres://h/d', { max: 1 })", {"postgres": {"url": "postgres://h/d", "max": "1"}}),
        ("postgres(`postgres://${h}/d`)", {"postgres": {"url": TEMPLATE}}),
        (
            "new Sequelize('d', 'u', 'p', { host: 'h' })",
            {"Sequelize": {"database": "d", "username": "u", "password": "p", "host": "h"}},
        ),
        ("const { Pool } = require('pg')\nconst p = new Pool({ host })\nconst x = 'y'", {"p": EXPRESSION, "x": "y"}),
        # Ruby and Elixir
        ("PG.connect(host: 'h', dbname: 'd')", {"connect": {"host": "h", "dbname": "d"}}),
        ("PG.connect(:host => 'h', :dbname => 'd') # x", {"connect": {"host": "h", "dbname": "d"}}),
        ("ENV.fetch('DATABASE_URL', 'postgres://h')", {"DATABASE_URL": EXPRESSION}),
        ("url = ENV['DATABASE_URL'] || 'postgres://h'", {"url": EXPRESSION}),
        (
            'config :app, App.Repo,\n  username: "u",\n  hostname: "h"',
            {"config": EXPRESSION, "username": "u", "hostname": "h"},
        ),
        # Python
        ("c = psycopg.connect(host=\"h\",\n  password='p')", {"c": {"connect": {"host": "h", "password": "p"}}}),
        (
            'e = create_engine("postgresql+psycopg://h/d", echo=True)',
            {"e": {"create_engine": {"url": "postgresql+psycopg://h/d", "echo": "true"}}},
        ),
        ("psycopg.connect(f'host={h} dbname=d')", {"connect": {"url": TEMPLATE}}),
        (
            "x = os.environ['A']\ny = os.getenv('B', 'c')\nz = str('d')",
            {"x": EXPRESSION, "y": EXPRESSION, "z": EXPRESSION},
        ),
        ("x = 'a' + 'b'\ny = 'a' 'b'", {"x": EXPRESSION, "y": EXPRESSION}),
        ("c = connect(host='h').cursor()", {"c": {"connect": {"host": "h"}}}),
        # Go, Java, Perl, Rust, C#
        ('db, err := sql.Open("postgres", "postgres://h/d")', {"err": {"Open": {"url": "postgres://h/d"}}}),
        ('pgx.ConnConfig{Host: "h", Port: 1}', {"Host": "h", "Port": "1"}),
        ('os.Setenv("PGHOST", "h")', {"PGHOST": "h"}),
        (
            'DriverManager.getConnection("jdbc:postgresql://h/d", "u", "p");',
            {"getConnection": {"url": "jdbc:postgresql://h/d", "username": "u", "password": "p"}},
        ),
        (
            'c.setJdbcUrl("jdbc:postgresql://h/d"); c.setUsername("u");',
            {"JdbcUrl": "jdbc:postgresql://h/d", "Username": "u"},
        ),
        (
            'DBI->connect("dbi:Pg:dbname=d", "u", "p")',
            {"connect": {"url": "dbi:Pg:dbname=d", "username": "u", "password": "p"}},
        ),
        ('let o = PgConnectOptions::new().host("h").port(1);', {"o": {"host": "h", "port": "1"}}),
        ('new NpgsqlConnection("Host=h;Database=d")', {"NpgsqlConnection": {"url": "Host=h;Database=d"}}),
        # Two of one name
        ("a = f(x='1')\na = f(x='2')", {"a": {"f": {"x": "1"}}, "a 1": {"f": {"x": "2"}}}),
    ],
)
def test_trees(text: str, expected: dict[str, Any]) -> None:
    assert literals.read(text) == expected


@pytest.mark.parametrize("text", ["", "appdb", "f(x)", "f('x', y)", "'x'"])
def test_other_texts(text: str) -> None:
    assert literals.read(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f(host='h', password='canary','yranac')", None),
        ("x = { host: 'h', password: 'canary','yranac' }", {"x": EXPRESSION}),
        ('["host": "h", "password": "canary": "yranac"]', {"host": "h", "password": EXPRESSION}),
        ('f("x", "canary": "yranac")', None),
        ("x = 'canary'\nx = 'yranac'", {"x": EXPRESSION}),
        ("a['b'] = 'canary'\na = 'x'\na['c'] = 'd'", {"a": {"c": "d"}}),
        ("new PDO('pgsql:host=h', 'u', 'canary', 'yranac')", {"PDO": {"url": EXPRESSION}}),
        ("define('DB_PASSWORD', 'canary', 'yranac')", {"DB_PASSWORD": EXPRESSION}),
        ("new Sequelize('d', 'u', 'canary','yranac', { host: 'h' })", {"Sequelize": {"host": "h"}}),
        ("f(x='a' 'canary')", {"f": {"x": EXPRESSION}}),
    ],
)
def test_a_password_with_a_quote_is_not_cut(text: str, expected: dict[str, Any] | None) -> None:
    assert literals.read(text) == expected


def test_whole_programs() -> None:
    go = 'import (\n\t"fmt"\n\t_ "github.com/lib/pq"\n)\nfunc main() {\n\tconnStr := "host=h dbname=d"\n\tif err != nil {\n\t\tlog.Fatal("x")\n\t}\n}\n'
    assert (literals.read(go) or {})["connStr"] == "host=h dbname=d"
    python = 'def main():\n    """Don\'t."""\n    c = psycopg2.connect(\n        host="h", dbname="d",\n    )\n    c.execute("SELECT %s", (1,))\n'
    assert (literals.read(python) or {})["c"] == {"connect": {"host": "h", "dbname": "d"}}


@pytest.mark.parametrize(
    "text",
    ["f(password='canary'", "f(password='canary)", "f('canary')]", "f('x', password=)", f"{'(' * 100}'canary'"],
)
def test_what_is_refused_is_not_repeated(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        literals.read(text)
    assert "anar" not in str(caught.value)
