# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases in other encodings than UTF-8, with names and texts outside of ASCII: backed up, drilled, restored; judged by pg_dump.

`restored` is done once: the tests state what came of it.
"""

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
PLATFORM = "first"

#: By database: its encoding, and the bytes, in octal for printf, that stand for a letter in names and texts. Those of `enc_bytes` are no
#: UTF-8; those of `enc_undefined` are nothing that the server could convert.
LETTERS = {
    "enc_bytes": ("SQL_ASCII", r"\0351"),
    "enc_latin1": ("LATIN1", r"\0351"),
    "enc_win1252": ("WIN1252", r"\0200"),
    "enc_undefined": ("WIN1252", r"\0201"),
    "enc_euc_jp": ("EUC_JP", r"\0306\0374"),
}
CREATE = "CREATE DATABASE %s ENCODING '%s' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc"
#: Owner and grantee are roles, which databases share: their names are in UTF-8.
OBJECTS = r"""
SET client_encoding TO '%(encoding)s';
CREATE TYPE "mood_@" AS ENUM ('good_@', 'bad');
CREATE TABLE "t_@" ("id_@" int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "c_@" text DEFAULT 'd_@', m "mood_@" DEFAULT 'good_@');
ALTER TABLE "t_@" ADD CONSTRAINT "check_@" CHECK ("c_@" <> 'x_@');
CREATE SEQUENCE "s_@'x" OWNED BY "t_@"."c_@";
SELECT setval('"s_@''x"', 42);
CREATE INDEX "i_@" ON "t_@" (("c_@" || '_@'));
CREATE VIEW "v_@" AS SELECT "c_@" || '_@' AS "w_@" FROM "t_@";
CREATE FUNCTION "f_@"("a_@" text) RETURNS text LANGUAGE sql AS $$SELECT "a_@" || '_@'$$;
CREATE SCHEMA "n_@" AUTHORIZATION "role_é";
CREATE PUBLICATION "p_@" FOR TABLE "t_@";
GRANT SELECT ON "t_@" TO "role_é";
COMMENT ON TABLE "t_@" IS 'table @';
INSERT INTO "t_@" ("c_@") VALUES ('one @'), ('two @'), (DEFAULT);
SELECT lo_from_bytea(0, 'x');
"""
MAKE = """printf '%%b' "$(printf %%s %s | sed 's/@/'%s'/g')" | runuser -u postgres -- psql -XAtq -v ON_ERROR_STOP=1 -d %s -f -"""
#: What is in it, as bytes: all but what pg_dump draws by lot.
DUMPED = "runuser -u postgres -- pg_dump %s | grep -av 'restrict ' | sha256sum"
DROP = "runuser -u postgres -- psql -XAtqc %s | runuser -u postgres -- psql -Xq"
ENCODED = "SELECT format('DROP DATABASE %I;', datname) FROM pg_database WHERE datname ~ '^enc_'"


@dataclass(frozen=True)
class Restored:
    there: Vault
    before: dict[str, str]
    after: dict[str, str]
    drilled: dict[str, Any]


@pytest.fixture(scope="module")
def restored(vault: Vaults, server: Server) -> Iterator[Restored]:
    """Every database is backed up, drilled, and restored in its own place."""
    there = vault("encodings", databases=tuple(LETTERS))
    server.sql('CREATE ROLE "role_é"')
    try:
        for name, (encoding, letter) in LETTERS.items():
            server.sql(CREATE % (name, encoding))
            script = (OBJECTS % {"encoding": encoding}).replace("\\", "\\\\")
            server.host.check_output(MAKE, script, letter.replace("\\", "\\\\"), name)
            server.sql(f"GRANT CREATE ON DATABASE {name} TO \"role_é\"; COMMENT ON DATABASE {name} IS 'é'")
        there.configure()
        before = {name: server.host.check_output(DUMPED, name) for name in LETTERS}
        there.backup()
        drilled = there.report("drill")
        for name in LETTERS:
            there.report("restore", "--database", name, "--replace", name)
        after = {name: server.host.check_output(DUMPED, name) for name in LETTERS}
        yield Restored(there, before, after, drilled)
    finally:
        server.host.check_output(DROP, ENCODED)
        server.sql('DROP ROLE "role_é"')


def test_every_byte_is_back(restored: Restored) -> None:
    assert restored.after == restored.before


def test_set_is_verified_and_every_database_was_drilled(restored: Restored) -> None:
    look = restored.there.look()
    assert len(look.verified) == 1
    assert {each["name"] for each in restored.drilled["databases"]} == set(LETTERS)


def test_objects_are_told_apart_by_name(restored: Restored) -> None:
    """Another tool that reads the manifest finds the tables and the sequences, and valid UTF-8."""
    path = f"{restored.there.directory}/latest/manifest.json"
    text = restored.there.host.run("cat %s", path).stdout_bytes.decode()
    for dump in json.loads(text)["databases"]:
        (table,) = dump["rows"].items()
        assert table[1] == 3
        names = sorted(dump["sequences"])
        assert len(names) == 2
        assert [dump["sequences"][name] for name in names] == [[42, True], [3, True]]
        if not dump["verbatim"] and dump["name"] != "enc_bytes":
            letter = {"enc_euc_jp": "日", "enc_win1252": "€"}.get(dump["name"], "é")
            assert table[0] == f'public."t_{letter}"'
    verbatim = {dump["name"] for dump in json.loads(text)["databases"] if dump["verbatim"]}
    assert verbatim == {"enc_undefined"}


#: Written as bytes of the database: a comment, a setting and a table whose rows are rejected.
BROKEN = """
SET client_encoding TO 'UTF8';
CREATE FUNCTION good(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE TABLE "t_é" (c text CONSTRAINT "c_é" CHECK (good(c)));
INSERT INTO "t_é" VALUES ('é');
CREATE OR REPLACE FUNCTION good(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT false';
COMMENT ON DATABASE enc_broken IS 'é';
ALTER DATABASE enc_broken SET search_path = public, "n_é";
"""
CREATED = "printf %%s %s | runuser -u postgres -- psql -Xq -v ON_ERROR_STOP=1 -d enc_broken -f -"


@pytest.mark.usefixtures("restored")
def test_what_is_written_in_another_encoding_is_left_out_and_named(vault: Vaults, server: Server) -> None:
    there = vault("enc_broken", databases=("enc_broken",))
    server.sql(CREATE % ("enc_broken", "LATIN1"))
    server.host.check_output(CREATED, BROKEN)
    there.configure()
    assert there.run("backup").rc == 1
    arguments = ("restore", "--database", "enc_broken", "--format", "json")
    strict = there.run(*arguments)
    assert strict.rc == 1
    assert "--keep-going" in strict.stdout + strict.stderr
    answer = there.run(*arguments, "--keep-going")
    assert answer.rc == 1
    report = json.loads(answer.stdout)
    assert {(each["kind"], each["name"]) for each in report["omitted"]} == {
        ("constraint", 'public."t_é"."c_é"'),
        ("database", "enc_broken, comment"),
        ("database", "enc_broken, setting search_path"),
    }
    assert json.loads(there.server.read(report["omitted_file"])) == report["omitted"]
    assert server.sql(r'SELECT ascii(c) FROM U&"t_\00e9"', "enc_broken_restore") == str(ord("é"))


@pytest.fixture
def foreign_statement(restored: Restored) -> Iterator[None]:
    """A session in another encoding, whose statement is not UTF-8."""
    server = restored.there.server
    psql = (
        "PGAPPNAME=foreign PGCLIENTENCODING=UTF8 runuser -u postgres -- psql -Xq -d enc_latin1 -c %s >/dev/null 2>&1 &"
    )
    server.host.check_output(psql, 'SELECT pg_sleep(120) AS "w_é"')
    found = "FROM pg_stat_activity WHERE application_name = 'foreign'"
    restored.there.wait(lambda: server.sql(f"SELECT pid {found} AND wait_event = 'PgSleep'") != "")
    yield
    server.sql(f"SELECT pg_terminate_backend(pid, 5000) {found}")


@pytest.mark.usefixtures("foreign_statement")
def test_other_commands_read_such_databases_and_their_statements(restored: Restored) -> None:
    host = restored.there.host
    for command in ("locks", "activity", "backups"):
        answer = host.run(f"pgsop {command} --format json")
        assert answer.rc == 0, answer
        assert json.loads(answer.stdout)
    report = json.loads(host.run("pgsop health --format json").stdout)
    assert not [each for each in report["findings"] if "byte sequence" in each["message"]]
