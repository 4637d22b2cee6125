# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that looks at a database for its backup sees one moment, and nobody takes a table away meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import snapshot
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.snapshot import Relation, exported
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import quote

DATABASE = "it's \"one\\ database"


@pytest.fixture
def shop(server: Server) -> Iterator[Server]:
    """A server with a database to look at: tables t with three rows and u with none."""
    server.execute(f"DROP DATABASE IF EXISTS {quote(DATABASE)} WITH (FORCE)", f"CREATE DATABASE {quote(DATABASE)}")
    made = ("CREATE TABLE t (a int)", "CREATE TABLE u (a int)", "INSERT INTO t VALUES (1), (2), (3)")
    server.execute(*made, database=DATABASE)
    yield server
    server.execute(f"DROP DATABASE {quote(DATABASE)} WITH (FORCE)")


def named(relations: dict[int, Relation]) -> dict[str, Relation]:
    return {relation.name: relation for relation in relations.values()}


def counted(seen: snapshot.Snapshot) -> dict[str, int]:
    tables = [oid for oid, relation in seen.relations.items() if relation.kind == "r"]
    return {seen.relations[oid].name: rows for oid, rows in seen.count(tables).items()}


def test_every_table_and_sequence_is_known_and_nothing_else(shop: Server) -> None:
    shop.execute(
        'CREATE SCHEMA "S\'"',
        'CREATE TABLE "S\'"."T\nx." (a serial, b int GENERATED ALWAYS AS IDENTITY, c text)',
        "CREATE TABLE parts (a int) PARTITION BY LIST (a)",
        "CREATE TABLE part PARTITION OF parts FOR VALUES IN (1)",
        "CREATE UNLOGGED TABLE quick (a int)",
        "CREATE TABLE theirs (a int)",
        "ALTER EXTENSION plpgsql ADD TABLE theirs",
        "CREATE VIEW v AS SELECT 1",
        "CREATE MATERIALIZED VIEW m AS SELECT 1",
        "CREATE INDEX ON t (a)",
        database=DATABASE,
    )
    with shop.connect(DATABASE) as other, other.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE passing (a int)")
        with exported(shop.cluster, DATABASE, 5) as seen:
            found = named(seen.relations)
    assert {name: (relation.kind, relation.of_extension) for name, relation in found.items()} == {
        "public.t": ("r", False),
        "public.u": ("r", False),
        '"S\'"."T\nx."': ("r", False),
        '"S\'"."T\nx._a_seq"': ("S", False),
        '"S\'"."T\nx._b_seq"': ("S", False),
        "public.parts": ("p", False),
        "public.part": ("r", False),
        "public.quick": ("r", False),
        "public.theirs": ("r", True),
    }
    assert found["public.t"].bytes >= 8192
    assert found["public.parts"].bytes == 0


def test_rows_are_those_of_the_moment(shop: Server) -> None:
    shop.execute(
        "CREATE TABLE child () INHERITS (t)",
        "INSERT INTO child VALUES (1)",
        "ALTER TABLE u ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE u FORCE ROW LEVEL SECURITY",
        "INSERT INTO u VALUES (1), (2)",
        database=DATABASE,
    )
    with exported(shop.cluster, DATABASE, 5) as seen:
        shop.execute("INSERT INTO t VALUES (4)", "DELETE FROM u", "INSERT INTO child VALUES (9)", database=DATABASE)
        assert counted(seen) == {"public.t": 3, "public.u": 2, "public.child": 1}
        with shop.connect(DATABASE) as other, other.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [seen.name])
            cursor.execute("SELECT count(*) FROM ONLY t")
            assert cursor.fetchone() == (3,)
    with exported(shop.cluster, DATABASE, 5) as seen:
        assert counted(seen) == {"public.t": 4, "public.u": 0, "public.child": 2}


@pytest.mark.parametrize(
    "change",
    [
        "TRUNCATE t",
        "DROP TABLE t",
        "ALTER TABLE t ALTER a TYPE bigint",
        "VACUUM FULL t",
        "TRUNCATE parts",
        "DROP TABLE part",
    ],
)
def test_nobody_takes_a_table_away_meanwhile(shop: Server, change: str) -> None:
    shop.execute(
        "CREATE TABLE parts (a int) PARTITION BY LIST (a)",
        "CREATE TABLE part PARTITION OF parts FOR VALUES IN (1)",
        database=DATABASE,
    )
    with exported(shop.cluster, DATABASE, 5), pytest.raises(psycopg2.errors.LockNotAvailable):
        shop.execute("SET lock_timeout = '50ms'", change, database=DATABASE)
    shop.execute("SET lock_timeout = '50ms'", change, database=DATABASE)


def test_nothing_can_be_written_in_it(shop: Server) -> None:
    with exported(shop.cluster, DATABASE, 5) as seen, pytest.raises(PgsopError, match="read-only transaction"):
        seen.session.execute("DELETE FROM public.t")


def test_table_that_stays_locked_is_told_with_what_to_do(shop: Server) -> None:
    with shop.connect(DATABASE) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("LOCK TABLE u")
        with (
            pytest.raises(PgsopError, match="somebody keeps a table locked") as refused,
            exported(shop.cluster, DATABASE, 1),
        ):
            pass
        assert "pg_backup_lock_wait_timeout_s" in refused.value.next_step
        (blocker,) = [row[0] for row in shop.rows(snapshot._BLOCKERS)]
        assert blocker == other.info.backend_pid


@pytest.mark.parametrize("batch", [1, 2, 3, 500])
def test_table_that_goes_while_they_are_locked_is_not_missed(
    shop: Server, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    """Tables come and go between the first look and the lock, several times."""
    monkeypatch.setattr(snapshot, "_BATCH", batch)
    shop.execute("CREATE TABLE gone1 (a int)", "CREATE TABLE gone2 (a int)", database=DATABASE)
    real, tries = snapshot._batches, count(1)

    def batches(names: list[str]) -> Iterator[list[str]]:
        attempt = next(tries)
        if attempt <= 2:
            shop.execute(f"DROP TABLE gone{attempt}", f"CREATE TABLE new{attempt} (a int)", database=DATABASE)
        return real(names)

    monkeypatch.setattr(snapshot, "_batches", batches)
    with exported(shop.cluster, DATABASE, 5) as seen:
        assert counted(seen) == {"public.t": 3, "public.u": 0, "public.new1": 0, "public.new2": 0}


def test_tables_that_never_stand_still_are_told(shop: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_batches", lambda _names: iter([["public.nowhere"]]))
    with (
        pytest.raises(
            PgsopError, match=r'Cannot take a snapshot of all tables.*relation "public.nowhere" does not exist'
        ),
        exported(shop.cluster, DATABASE, 5),
    ):
        pass


def test_settings_of_the_database_neither_cut_it_short_nor_lead_it_astray(shop: Server) -> None:
    settings = {
        "statement_timeout": "'1ms'",
        "idle_in_transaction_session_timeout": "'1ms'",
        "default_transaction_read_only": "on",
        "default_transaction_isolation": "'serializable'",
        "search_path": "evil",
        "quote_all_identifiers": "on",
    }
    shop.execute(
        "CREATE SCHEMA evil",
        "CREATE FUNCTION evil.quote_ident(name) RETURNS text LANGUAGE sql AS 'SELECT ''x'''",
        database=DATABASE,
    )
    for name, value in settings.items():
        shop.execute(f"ALTER DATABASE {quote(DATABASE)} SET {name} = {value}")
    with exported(shop.cluster, DATABASE, 5) as seen:
        assert counted(seen) == {"public.t": 3, "public.u": 0}
        assert seen.session.value("SELECT current_setting('statement_timeout')") == "0"
        assert seen.session.value("SELECT current_setting('idle_in_transaction_session_timeout')") == "0"
        assert seen.session.value("SELECT current_setting('transaction_isolation')") == "repeatable read"


def test_snapshot_ends_with_the_block(shop: Server) -> None:
    with pytest.raises(ValueError, match="no"), exported(shop.cluster, DATABASE, 5):
        raise ValueError("no")
    shop.execute("SET lock_timeout = '2s'", "TRUNCATE t", database=DATABASE)
