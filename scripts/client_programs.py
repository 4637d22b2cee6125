"""Small programs that connect with a client library, and the packages they need.

Each program takes the connection string from the variable CLIENT_TEXT, runs the query in CLIENT_QUERY, and prints its one value after
the word SEEN. It passes the string to the library in the way that the library's own documentation shows.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Program:
    """A client and how it is run.

    Attributes:
        name: as option --as-client has it.
        packages: of PyPI (==), npm (@) or, without a version, Debian. The first is the client.
        source: text of the program.
        suffix: of the file with the text; it decides what runs it.
    """

    name: str
    packages: tuple[str, ...]
    source: str
    suffix: str = "py"

    @property
    def pypi(self) -> tuple[str, ...]:
        """Return the packages of PyPI."""
        return tuple(each for each in self.packages if "==" in each)

    @property
    def npm(self) -> tuple[str, ...]:
        """Return the packages of npm."""
        return tuple(each for each in self.packages if "@" in each)

    @property
    def debian(self) -> tuple[str, ...]:
        """Return the packages of Debian."""
        return tuple(each for each in self.packages if "==" not in each and "@" not in each)


_PYTHON = "import os\ntext, query = os.environ['CLIENT_TEXT'], os.environ['CLIENT_QUERY']\n"
_NODE = """
const text = process.env.CLIENT_TEXT, query = process.env.CLIENT_QUERY
const seen = (value) => { console.log('SEEN ' + value); process.exit(0) }
const failed = (error) => {
  const all = [error, error.cause, error.original, ...(error.errors || []), ...((error.original || {}).errors || [])].filter(Boolean)
  console.error(all.map((each) => [each.code, each.kind, each.originalMessage, each.message].filter(Boolean).join(' ')).join('; '))
  process.exit(1)
}
"""
_CURSOR = "with connection.cursor() as cursor:\n    cursor.execute(query)\n    print('SEEN', cursor.fetchone()[0])\n"


def _go(imports: str, connect: str, query: str) -> str:
    """Return a program of Go."""
    return f"""
package main

import (
{imports}
    "fmt"
    "os"
)

func main() {{
    var seen string
    connection, err := {connect}
    if err == nil {{
        err = {query}.Scan(&seen)
    }}
    if err != nil {{
        fmt.Fprintln(os.Stderr, err)
        os.Exit(1)
    }}
    fmt.Println("SEEN", seen)
}}
"""


_SQLALCHEMY = "SQLAlchemy==2.1.9"

PROGRAMS: tuple[Program, ...] = (
    Program("psycopg", ("psycopg==3.3.9",), f"{_PYTHON}import psycopg\nconnection = psycopg.connect(text)\n{_CURSOR}"),
    Program(
        "psycopg2",
        ("psycopg2-binary==2.9.13",),
        f"{_PYTHON}import psycopg2\nconnection = psycopg2.connect(text)\n{_CURSOR}",
    ),
    Program(
        "asyncpg",
        ("asyncpg==0.32.0",),
        f"""{_PYTHON}import asyncio, asyncpg
async def main():
    connection = await asyncpg.connect(text)
    print('SEEN', await connection.fetchval(query))
asyncio.run(main())
""",
    ),
    Program(
        "pg8000",
        ("pg8000==1.31.6", _SQLALCHEMY),
        f"{_PYTHON}import sqlalchemy\nwith sqlalchemy.create_engine(text).connect() as connection:\n"
        "    print('SEEN', connection.exec_driver_sql(query).scalar())\n",
    ),
    Program(
        "sqlalchemy-asyncpg",
        (_SQLALCHEMY, "asyncpg==0.32.0", "greenlet==3.5.6"),
        f"""{_PYTHON}import asyncio
from sqlalchemy.ext.asyncio import create_async_engine
async def main():
    async with create_async_engine(text).connect() as connection:
        print('SEEN', (await connection.exec_driver_sql(query)).scalar())
asyncio.run(main())
""",
    ),
    Program(
        "django",
        ("Django==5.2.19", "dj-database-url==3.1.2", "psycopg==3.3.9"),
        f"{_PYTHON}import dj_database_url\nfrom django.conf import settings\n"
        f"settings.configure(DATABASES={{'default': dj_database_url.parse(text)}})\nfrom django.db import connection\n{_CURSOR}",
    ),
    Program(
        "peewee",
        ("peewee==4.5.3", "psycopg2-binary==2.9.13"),
        f"{_PYTHON}from playhouse.db_url import connect\nprint('SEEN', connect(text).execute_sql(query).fetchone()[0])\n",
    ),
    Program(
        "connectorx",
        ("connectorx==0.4.6", "pyarrow==26.0.1"),
        f"{_PYTHON}import connectorx\nprint('SEEN', connectorx.read_sql(text, query, return_type='arrow').column(0)[0])\n",
    ),
    Program(
        "odbc",
        ("odbc-postgresql", "libodbc2", "libodbcinst2", "pyodbc==5.5.0"),
        f"{_PYTHON}import pyodbc\nprint('SEEN', pyodbc.connect(text).execute(query).fetchone()[0])\n",
    ),
    Program(
        "node-postgres",
        ("pg@8.23.1",),
        f"{_NODE}const client = new (require('pg').Client)(text)\n"
        "client.connect().then(() => client.query(query)).then((found) => seen(found.rows[0].seen)).catch(failed)\n",
        "js",
    ),
    Program(
        "postgres.js",
        ("postgres@3.4.9",),
        f"{_NODE}try {{ require('postgres')(text, {{max: 1, connect_timeout: 10, backoff: 1}}).unsafe(query)"
        ".then((rows) => seen(rows[0].seen), failed) } catch (error) { failed(error) }\n",
        "js",
    ),
    Program(
        "knex",
        ("knex@3.3.0", "pg@8.23.1"),
        f"{_NODE}require('knex')({{client: 'pg', connection: text}}).raw(query).then((found) => seen(found.rows[0].seen), failed)\n",
        "js",
    ),
    Program(
        "sequelize",
        ("sequelize@6.37.8", "pg@8.23.1"),
        f"{_NODE}const {{Sequelize}} = require('sequelize')\n"
        "try { new Sequelize(text, {logging: false}).query(query).then(([rows]) => seen(rows[0].seen), failed) }"
        " catch (error) { failed(error) }\n",
        "js",
    ),
    Program(
        "typeorm",
        ("typeorm@1.1.1", "pg@8.23.1"),
        f"{_NODE}const {{DataSource}} = require('typeorm')\nnew DataSource({{type: 'postgres', url: text}}).initialize()"
        ".then((source) => source.query(query)).then((rows) => seen(rows[0].seen)).catch(failed)\n",
        "js",
    ),
    Program(
        "prisma",
        ("@prisma/adapter-pg@7.10.1", "pg@8.23.1"),
        f"{_NODE}const {{PrismaPg}} = require('@prisma/adapter-pg')\nnew PrismaPg({{connectionString: text}}).connect()"
        ".then((adapter) => adapter.queryRaw({sql: query, args: [], argTypes: []})).then((found) => seen(found.rows[0][0])).catch(failed)\n",
        "js",
    ),
    Program(
        "pgx",
        ("golang-github-jackc-pgx-v4-dev", "golang-1.19-go"),
        _go(
            '"context"\n"github.com/jackc/pgx/v4"',
            'pgx.Connect(context.Background(), os.Getenv("CLIENT_TEXT"))',
            'connection.QueryRow(context.Background(), os.Getenv("CLIENT_QUERY"))',
        ),
        "go",
    ),
    Program(
        "lib-pq",
        ("golang-github-lib-pq-dev", "golang-1.19-go"),
        _go(
            '"database/sql"\n_ "github.com/lib/pq"',
            'sql.Open("postgres", os.Getenv("CLIENT_TEXT"))',
            'connection.QueryRow(os.Getenv("CLIENT_QUERY"))',
        ),
        "go",
    ),
    Program(
        "jdbc",
        ("libpostgresql-jdbc-java",),
        """
public class Program {
    public static void main(String[] none) throws Exception {
        try (var connection = java.sql.DriverManager.getConnection(System.getenv("CLIENT_TEXT"));
             var found = connection.createStatement().executeQuery(System.getenv("CLIENT_QUERY"))) {
            found.next();
            System.out.println("SEEN " + found.getString(1));
        }
    }
}
""",
        "java",
    ),
    Program(
        "php-pdo",
        ("php8.2-pgsql", "php8.2-cli", "php8.2-common"),
        "<?php $pdo = new PDO(getenv('CLIENT_TEXT'), null, null, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);\n"
        "echo 'SEEN ' . $pdo->query(getenv('CLIENT_QUERY'))->fetchColumn();\n",
        "php",
    ),
    Program(
        "ruby-pg",
        ("ruby-pg", "ruby"),
        "require 'pg'\nputs 'SEEN ' + PG.connect(ENV['CLIENT_TEXT']).exec(ENV['CLIENT_QUERY']).getvalue(0, 0)\n",
        "rb",
    ),
    Program(
        "dbd-pg",
        ("libdbd-pg-perl", "libdbi-perl"),
        "use DBI;\nmy $dbh = DBI->connect($ENV{CLIENT_TEXT}, undef, undef, {RaiseError => 1, PrintError => 0});\n"
        "print 'SEEN ' . $dbh->selectrow_array($ENV{CLIENT_QUERY});\n",
        "pl",
    ),
)


class UnavailableError(Exception):
    """A client cannot be installed or built here."""


class Bed:
    """Installed clients.

    Args:
        folder: for packages and programs; what is there already is used again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._root = folder / "debian"

    def install(self, program: Program) -> list[str]:
        """Install a client, and return the command of its program.

        Raises:
            UnavailableError: a package cannot be had.
        """
        if program.pypi:
            self._python(program)
        if program.npm:
            self._node(program)
        if program.debian:
            self._debian(program)
        self._place(program).write_text(program.source, encoding="utf-8")
        command = self._command(program)
        _run(["test", "-x", command[0]] if "/" in command[0] else ["which", command[0]])
        return command

    def environment(self, program: Program) -> Mapping[str, str]:
        """Return the variables that a program needs."""
        root = self._root
        library = root / "usr/lib/x86_64-linux-gnu"
        if program.suffix == "js":
            return {"NODE_PATH": str(self._home(program) / "node_modules")}
        if program.name == "odbc":
            (self._folder / "odbcinst.ini").write_text(f"[PostgreSQL Unicode]\nDriver={library}/odbc/psqlodbcw.so\n")
            return {"ODBCSYSINI": str(self._folder), "LD_LIBRARY_PATH": str(library)}
        if program.suffix == "php":
            return {"LD_LIBRARY_PATH": str(library), "PHP_INI_SCAN_DIR": ""}
        if program.suffix == "rb":
            places = [*root.glob("usr/lib/ruby/vendor_ruby"), *root.glob("usr/lib/x86_64-linux-gnu/ruby/vendor_ruby/*")]
            return {"RUBYLIB": ":".join(map(str, places))}
        if program.suffix == "pl":
            return {"PERL5LIB": ":".join(map(str, root.glob("usr/lib/x86_64-linux-gnu/perl5/*")))}
        return {}

    def version(self, program: Program) -> str:
        """Return the version of the client that is installed."""
        first = program.packages[0]
        if first not in program.debian:
            return first.replace("==", "@").rsplit("@", 1)[1]
        package = next(self._folder.glob(f"archives/{first}_*.deb"))
        version = _run(["dpkg-deb", "--field", str(package), "Version"]).strip()
        return version.split(":")[-1].split("-")[0].split("+")[0]

    def _home(self, program: Program) -> Path:
        home = self._folder / program.name
        home.mkdir(parents=True, exist_ok=True)
        return home

    def _place(self, program: Program) -> Path:
        name = "Program" if program.suffix == "java" else "connect"
        return self._home(program) / f"{name}.{program.suffix}"

    def _command(self, program: Program) -> list[str]:
        place, root = str(self._place(program)), self._root
        if program.suffix == "go":
            return [self._go(program)]
        if program.suffix == "java":
            jar = root / "usr/share/java/postgresql.jar"
            _run(["javac", "-d", str(self._home(program)), place])
            return ["java", "-Xshare:auto", "-cp", f"{jar}:{self._home(program)}", "Program"]
        if program.suffix == "php":
            modules = next(root.glob("usr/lib/php/2*"))
            loaded = [f"-dextension={modules / each}.so" for each in ("pdo", "pdo_pgsql")]
            return [str(root / "usr/bin/php8.2"), "-n", *loaded, place]
        commands = {"py": str(self._home(program) / "python/bin/python"), "js": "node", "rb": "ruby", "pl": "perl"}
        return [commands[program.suffix], place]

    def _go(self, program: Program) -> str:
        """Build a program of Go from Debian's sources, and return its path."""
        built = self._home(program) / "connect"
        tools = next(self._root.glob("usr/lib/go-1.*"))
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GO")},
            "GOROOT": str(self._goroot(tools)),
            "GOPATH": str(self._root / "usr/share/gocode"),
            "GO111MODULE": "off",
            "GOCACHE": str(self._folder / "gocache"),
            "CGO_ENABLED": "0",
        }
        if not built.exists():
            _run([str(tools / "bin/go"), "build", "-o", str(built), str(self._place(program))], environment)
        return str(built)

    def _goroot(self, tools: Path) -> Path:
        """Return a folder with Go's tools and sources; Debian has absolute links between two of them."""
        root, sources = self._folder / "goroot", self._root / "usr/share" / tools.name
        if not root.exists():
            root.mkdir()
            for name in ("bin", "pkg"):
                (root / name).symlink_to(tools / name)
            for name in ("src", "test", "misc"):
                (root / name).symlink_to(sources / name)
        return root

    def _python(self, program: Program) -> None:
        folder = self._home(program) / "python"
        if not (folder / "installed").exists():
            _run([sys.executable, "-m", "venv", str(folder)])
            _run([str(folder / "bin/pip"), "install", "--quiet", *program.pypi])
            (folder / "installed").touch()

    def _node(self, program: Program) -> None:
        folder = self._home(program)
        if not (folder / "node_modules").exists():
            (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
            _run(["npm", "install", "--no-audit", "--no-fund", "--save-exact", "--prefix", str(folder), *program.npm])

    def _debian(self, program: Program) -> None:
        """Unpack packages of Debian into a folder of their own, with those they need that this machine lacks."""
        archives = self._folder / "archives"
        archives.mkdir(exist_ok=True)
        for name in (*program.debian, *_missing(program.debian)):
            if not list(archives.glob(f"{name}_*.deb")):
                _run(["apt-get", "download", "-q", name], folder=archives)
                _run(["dpkg", "-x", str(next(archives.glob(f"{name}_*.deb"))), str(self._root)])


def _missing(packages: tuple[str, ...]) -> list[str]:
    """Return which packages apt would install besides."""
    planned = _run(["apt-get", "install", "--simulate", "--no-install-recommends", *packages])
    return [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]


def _run(command: list[str], environment: Mapping[str, str] | None = None, folder: Path | None = None) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=environment, cwd=folder
    )
    if done.returncode:
        raise UnavailableError(f"{' '.join(command)[:200]}: {done.stderr.strip()[-300:]}")
    return done.stdout
