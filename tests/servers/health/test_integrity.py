# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages that are damaged on disk, and a server that would not notice."""

from __future__ import annotations

from pathlib import Path

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import alone, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major

CHECKSUMS = "data.checksums"


def damage(patient: IsolatedServer, relation: str, database: str = "clinic") -> None:
    """Change a byte in the first page of a table, behind the back of the server, and read it."""
    patient.execute("CHECKPOINT")
    path = patient.server.rows(f"SELECT pg_relation_filepath('{relation}')", database)[0][0]
    patient.server.stop()
    with (Path(patient.server.cluster.data_directory) / path).open("r+b") as page:
        page.seek(8100)
        byte = page.read(1)
        page.seek(8100)
        page.write(bytes([byte[0] ^ 0xFF]))
    patient.server.start()
    with pytest.raises(psycopg2.Error, match="invalid page"):
        patient.execute(f"SELECT * FROM {relation}", database=database)


def test_checksums_that_are_off(patient: IsolatedServer, tmp_path: Path) -> None:
    assert patient.look(CHECKSUMS)[CHECKSUMS].message == "checksums are on, and no page that was read had a wrong one"
    off = ("--no-data-checksums",) if patient.major >= 18 else ()
    with alone(patient.major, tmp_path, initdb=off) as other:
        assert other.turned() == {CHECKSUMS: "WARNING"}
        assert "pg_checksums --enable" in other.look(CHECKSUMS)[CHECKSUMS].hint
        assert seen_by(other, CHECKSUMS) == {"mon": "WARNING", "plain": "WARNING"}


def test_a_damaged_page(patient: IsolatedServer, tmp_path: Path) -> None:
    with alone(patient.major, tmp_path) as other:
        other.execute("CREATE TABLE visit AS SELECT generate_series(1, 500) AS id")
        damage(other, "visit")
        other.until("SELECT sum(checksum_failures) > 0 FROM pg_stat_database")
        assert other.turned() == {CHECKSUMS: "CRITICAL"}
        assert "1 pages read in clinic had a wrong checksum" in other.look(CHECKSUMS)[CHECKSUMS].message
        assert seen_by(other, CHECKSUMS) == {"mon": "CRITICAL", "plain": "CRITICAL"}
        other.execute("DROP TABLE visit", "SELECT pg_stat_reset()")
        other.until("SELECT sum(checksum_failures) = 0 FROM pg_stat_database")
        assert other.turned() == {}


@every_major
def test_a_damaged_page_of_what_all_databases_share(patient: IsolatedServer, tmp_path: Path) -> None:
    with alone(patient.major, tmp_path) as other:
        damage(other, "pg_shdescription")
        other.until("SELECT sum(checksum_failures) > 0 FROM pg_stat_database")
        assert other.turned() == {CHECKSUMS: "CRITICAL"}
        # Until 17 such a page is counted where it was read; only a base backup counted it apart.
        place = "the tables that all databases share" if patient.major >= 18 else "clinic"
        assert f"1 pages read in {place} had a wrong checksum" in other.look(CHECKSUMS)[CHECKSUMS].message
