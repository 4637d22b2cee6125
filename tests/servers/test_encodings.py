# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases in every encoding that a server has, and names and texts with bytes outside of ASCII."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import backends
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import objects
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.snapshot import exported
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.encoding import UNTRANSLATABLE
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import ServerError
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

#: By case: encoding, the bytes of a letter, the letter as sessions see it, and whether the server can convert it.
CASES = {
    "utf8": ("UTF8", "é".encode(), "é", True),
    "ascii": ("SQL_ASCII", b"\xe9", "\udce9", True),
    "utf8 in ascii": ("SQL_ASCII", "é".encode(), "é", True),
    "latin1": ("LATIN1", b"\xe9", "é", True),
    "win1252": ("WIN1252", b"\x80", "€", True),
    "undefined in win1252": ("WIN1252", b"\x81", "\udc81", False),
    "euc_jp": ("EUC_JP", b"\xc6\xfc", "日", True),
    "mule": ("MULE_INTERNAL", b"\x81\xe9", "\udc81\udce9", True),
}
OBJECTS = (
    b"CREATE TYPE \"mood_@\" AS ENUM ('good_@')",
    b'CREATE TABLE "t_@" ("c_@" text DEFAULT \'d_@\' CONSTRAINT "k_@" CHECK ("c_@" <> \'x_@\'), m "mood_@")',
    b'CREATE SEQUENCE "s_@"',
    b'CREATE VIEW "v_@" AS SELECT "c_@" || \'_@\' AS "w_@" FROM "t_@"',
    b'CREATE FUNCTION "f_@"("a_@" text) RETURNS text LANGUAGE sql AS $$SELECT "a_@" || \'_@\'$$',
    b"COMMENT ON TABLE \"t_@\" IS 'table @'",
    b"INSERT INTO \"t_@\" VALUES ('one @', 'good_@')",
)


def create(server: Server, database: str, encoding: str, letter: bytes) -> None:
    server.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
    server.execute(f"CREATE DATABASE {database} TEMPLATE template0 ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C'")
    with psycopg2.connect(**server.address(database), client_encoding="SQL_ASCII") as raw, raw.cursor() as cursor:
        cursor.execute(f"SET client_encoding TO '{encoding}'")
        for statement in OBJECTS:
            cursor.execute(statement.replace(b"@", letter))
    raw.close()


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, server: Server) -> Iterator[str]:
    """A database and another one with the same objects."""
    encoding, letter, _seen, _converted = CASES[request.param]
    for database in ("encoded", "encoded_too"):
        create(server, database, encoding, letter)
    yield str(request.param)
    server.execute("DROP DATABASE encoded WITH (FORCE)", "DROP DATABASE encoded_too WITH (FORCE)")


def test_every_text_is_read_and_equal_databases_have_equal_descriptions(server: Server, case: str) -> None:
    encoding, _letter, seen, converted = CASES[case]
    described = []
    for database in ("encoded", "encoded_too"):
        with connect(server.cluster, database, verbatim=not converted) as session:
            described.append(objects.describe(session))
            assert session.value("SHOW server_encoding") == encoding
    assert described[0] == described[1]
    assert f'public."t_{seen}"' in described[0]["table"]
    assert any(f'public."f_{seen}"(' in name for name in described[0]["routine"])


def test_change_of_the_letter_is_a_change_of_the_description(server: Server) -> None:
    """Two bytes that are no characters are not the same text."""
    described = []
    for database, letter in (("encoded", b"\xe9"), ("encoded_too", b"\xe8")):
        create(server, database, "SQL_ASCII", b"e")
        server_letter = b"COMMENT ON TABLE t_e IS 'table " + letter + b"'"
        with psycopg2.connect(**server.address(database), client_encoding="SQL_ASCII") as raw, raw.cursor() as cursor:
            cursor.execute(server_letter)
        raw.close()
        with connect(server.cluster, database) as session:
            described.append(objects.describe(session)["table"]["public.t_e"])
    server.execute("DROP DATABASE encoded WITH (FORCE)", "DROP DATABASE encoded_too WITH (FORCE)")
    assert described[0] != described[1]


def test_snapshot_knows_tables_by_name_and_sequences_by_their_bytes(server: Server, case: str) -> None:
    _encoding, letter, seen, converted = CASES[case]
    with exported(server.cluster, "encoded", 5, verbatim=not converted) as snapshot:
        (table,) = [each for each in snapshot.relations.values() if each.kind == "r"]
        (sequence,) = [each for each in snapshot.relations.values() if each.kind == "S"]
        assert snapshot.count([table.oid]) == {table.oid: 1}
    assert table.name == f'public."t_{seen}"'
    assert sequence.name == f'public."s_{seen}"'
    assert sequence.dumped_as.encode("utf-8", "surrogateescape") == b'public."s_' + letter + b'"'


def test_what_the_server_cannot_convert_is_told_apart_from_other_failures(server: Server) -> None:
    create(server, "encoded", *CASES["undefined in win1252"][:2])
    with pytest.raises(ServerError) as failed, exported(server.cluster, "encoded", 5):
        pass
    assert failed.value.code in UNTRANSLATABLE
    server.execute("DROP DATABASE encoded WITH (FORCE)")


def test_statements_and_names_of_other_encodings_are_shown(server: Server) -> None:
    """What all databases share has the bytes of the session that wrote them."""
    create(server, "encoded", "LATIN1", b"e")
    raw = psycopg2.connect(**server.address("encoded"), client_encoding="LATIN1")
    try:
        with raw.cursor() as cursor:
            cursor.execute(b'SELECT 1 AS "\xe9"')
        with connect(server.cluster) as session:
            (found,) = [each for each in backends(session) if each.database == "encoded"]
    finally:
        raw.close()
        server.execute("DROP DATABASE encoded WITH (FORCE)")
    assert "\udce9" in found.query
