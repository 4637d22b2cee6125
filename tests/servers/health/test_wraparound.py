# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers of transactions that are used up, as far as a test can use them up."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import alone, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import ACCOUNT, identity

NEXT_TOO = True
XID, MULTIXACT = "wraparound.xid", "wraparound.multixact"
BURN_XIDS = """
DO $$ BEGIN
  FOR each IN 1..112000 LOOP
    BEGIN INSERT INTO burnt VALUES (1); EXCEPTION WHEN division_by_zero THEN NULL; END;
  END LOOP;
END $$
"""
BURN_MULTIXACTS = """
DO $$ BEGIN
  FOR each IN 1..11500 LOOP
    BEGIN
      PERFORM 1 FROM shared FOR KEY SHARE;
      PERFORM 1 / 0;
    EXCEPTION WHEN division_by_zero THEN NULL;
    END;
  END LOOP;
END $$
"""


def freeze(patient: IsolatedServer) -> None:
    """Everywhere, so also where nobody connects."""
    patient.execute("ALTER DATABASE template0 ALLOW_CONNECTIONS true")
    for database in ("template0", "template1", "postgres", "clinic"):
        patient.execute("VACUUM FREEZE", database=database)
    patient.execute("ALTER DATABASE template0 ALLOW_CONNECTIONS false")


def test_transactions_that_grow_old(patient: IsolatedServer, tmp_path: Path) -> None:
    with alone(patient.major, tmp_path, {"autovacuum_freeze_max_age": "100000"}) as other:
        assert other.turned() == {}
        other.execute("CREATE TABLE burnt (id int)", BURN_XIDS, "DROP TABLE burnt")
        assert other.turned() == {XID: "WARNING"}
        found = other.look(XID)[XID]
        left = 2**31 - 1 - (1_000_000 if other.major == 13 else 3_000_000)
        age = other.server.rows("SELECT age(datfrozenxid) FROM pg_database WHERE datname = 'clinic'")[0][0]
        assert "the oldest of the transactions in database clinic is" in found.message
        assert f"after {left - age} more the server refuses writes" in found.message
        assert found.value is not None
        assert 112 <= float(found.value) < 120
        assert seen_by(other, XID) == {"mon": "WARNING", "plain": "WARNING"}
        assert other.turned(thresholds={XID: {"crit_age": 100_000}}) == {XID: "CRITICAL"}
        freeze(other)
        assert other.turned() == {}


def test_multixacts_that_grow_old(patient: IsolatedServer, tmp_path: Path) -> None:
    with alone(patient.major, tmp_path, {"autovacuum_multixact_freeze_max_age": "10000"}) as other:
        other.execute("CREATE TABLE shared AS SELECT 1 AS id")
        with other.session("SELECT FROM shared FOR KEY SHARE"):
            other.execute(BURN_MULTIXACTS)
        assert other.turned() == {MULTIXACT: "WARNING"}
        assert "the oldest of the multixacts in database clinic is" in other.look(MULTIXACT)[MULTIXACT].message
        assert seen_by(other, MULTIXACT) == {"mon": "WARNING", "plain": "WARNING"}
        assert other.turned(thresholds={MULTIXACT: {"crit_age": 10_000}}) == {MULTIXACT: "CRITICAL"}
        freeze(other)
        assert other.turned() == {}


def use_up_multixacts(other: IsolatedServer, left: int) -> None:
    """Let the next multixact be the given number of multixacts before the one that the server refuses; 19 has pg_resetwal beside it."""
    other.server.stop()
    data = Path(other.server.cluster.data_directory)
    oldest = 1
    following = oldest + 2**31 - 1 - 3_000_000 - left
    command = [str(other.server.native / "bin" / "pg_resetwal"), "-f", "-m", f"{following},{oldest}", str(data)]
    subprocess.run(command, check=True, capture_output=True, **identity())
    # 32 pages of offsets, which have 8 bytes each since 19.
    segment = data / "pg_multixact" / "offsets" / f"{following // (32 * 8192 // 8):04X}"
    segment.write_bytes(bytes(32 * 8192))
    os.chown(segment, ACCOUNT.pw_uid, ACCOUNT.pw_gid)
    other.server.start()


@on(19)
def test_the_last_multixact_is_where_the_message_says(patient: IsolatedServer, tmp_path: Path) -> None:
    """Their numbers still have 32 bits; 64 have the places of their members, which cannot run out any more."""
    with alone(patient.major, tmp_path, {}) as other:
        other.execute("CREATE TABLE shared AS SELECT 1 AS id")
        use_up_multixacts(other, left=40)
        found = other.look(MULTIXACT)[MULTIXACT]
        assert found.status == "CRITICAL"
        left = re.search(r"after (\d+) more the server refuses writes", found.message)
        assert left, found.message
        given = []
        with (
            other.session("SELECT FROM shared FOR KEY SHARE"),
            other.server.connect("clinic") as connection,
            pytest.raises(psycopg2.OperationalError, match="not accepting commands that assign new MultiXactIds"),
        ):
            for number in range(100):
                connection.cursor().execute("SELECT FROM shared FOR KEY SHARE")
                given.append(number)
        assert len(given) == int(left[1]) == 40
