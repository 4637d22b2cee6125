# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables and indexes that are mostly empty."""

from __future__ import annotations

from pathlib import Path

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.tests.servers.health.alone import alone, arrives, others, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.scene import on

NEXT_TOO = True
TABLES, INDEXES = "tables.bloat", "indexes.bloat"
SMALL = {"least_bytes": 500_000, "warn_bytes": 100_000, "crit_bytes": 500_000}
FILL = (
    "CREATE TABLE visit (id bigint, done boolean, at timestamptz, fee numeric(10, 2), note text, extra text)",
    "INSERT INTO visit SELECT n, n % 2 = 0, now(), n * 1.5, repeat('x', n % 60), CASE WHEN n % 3 = 0 THEN 'y' END FROM generate_series(1, 20000) n",
    "CREATE INDEX visit_note ON visit (note, id)",
    "CREATE INDEX visit_upper ON visit (upper(note), at, extra, id)",
)


def fill(patient: IsolatedServer) -> None:
    """A table and two indexes that are packed well, and the server knows that they were analysed."""
    patient.execute(*FILL)
    arrives(patient, "SELECT pg_stat_get_ins_since_vacuum('visit'::regclass) = 20000")
    patient.execute("VACUUM ANALYZE visit")
    arrives(patient, "SELECT pg_stat_get_last_analyze_time('visit'::regclass) IS NOT NULL")


def test_a_full_table_is_told_from_an_empty_one(patient: IsolatedServer) -> None:
    fill(patient)
    limits = {TABLES: SMALL}
    assert patient.turned(thresholds={TABLES: SMALL, INDEXES: SMALL}) == {}
    packed = patient.look("*.bloat", thresholds={TABLES: SMALL, INDEXES: SMALL})
    assert float(packed[TABLES].value or 0) < 8, packed[TABLES]
    assert float(packed[INDEXES].value or 0) < 8, packed[INDEXES]
    patient.execute("DELETE FROM visit WHERE id % 10 <> 0 AND id < 19990", "VACUUM ANALYZE visit")
    assert patient.turned() == {}, "it is small"
    assert patient.turned(thresholds=limits) == {TABLES: "CRITICAL"}
    found = patient.look(TABLES, thresholds=limits)[TABLES]
    assert "table public.visit of clinic is 9" in found.message
    assert "% empty by estimate, 2 of 2 MB" in found.message
    assert patient.turned(thresholds={TABLES: {**SMALL, "crit_bytes": 10**9}}) == {TABLES: "WARNING"}
    assert patient.turned(thresholds={TABLES: {**SMALL, "warn_percent": 95, "crit_percent": 99}}) == {}
    with others(patient):
        assert seen_by(patient, TABLES, thresholds=limits) == {"mon": "UNKNOWN", "plain": "UNKNOWN"}
        patient.execute("GRANT SELECT ON visit TO mon")
        assert seen_by(patient, TABLES, thresholds=limits) == {"mon": "CRITICAL", "plain": "UNKNOWN"}
    patient.execute("VACUUM FULL ANALYZE visit")
    assert patient.turned(thresholds=limits) == {}


def emptied(patient: IsolatedServer, *before: str) -> Finding:
    """The finding about a table that is mostly empty."""
    fill(patient)
    patient.execute(*before, "DELETE FROM visit WHERE id % 10 <> 0 AND id < 19990", "VACUUM ANALYZE visit")
    return patient.look(TABLES, thresholds={TABLES: SMALL})[TABLES]


@on(18)
def test_the_fix_before_19(patient: IsolatedServer) -> None:
    assert "VACUUM FULL" in emptied(patient, "ALTER TABLE visit ADD PRIMARY KEY (id)").hint


@on(19)
@pytest.mark.parametrize(
    ("before", "command"),
    [
        ((), "REPACK public.visit"),
        (("ALTER TABLE visit ADD PRIMARY KEY (id)",), "REPACK (CONCURRENTLY) public.visit"),
        (("ALTER TABLE visit ADD PRIMARY KEY (id) DEFERRABLE",), "REPACK public.visit"),
        (("ALTER TABLE visit ADD UNIQUE (id)", "ALTER TABLE visit ALTER id SET NOT NULL"), "REPACK public.visit"),
        (
            (
                "ALTER TABLE visit ADD UNIQUE (id)",
                "ALTER TABLE visit ALTER id SET NOT NULL",
                "ALTER TABLE visit REPLICA IDENTITY USING INDEX visit_id_key",
            ),
            "REPACK (CONCURRENTLY) public.visit",
        ),
        (
            ("ALTER TABLE visit ADD PRIMARY KEY (id)", "ALTER TABLE visit REPLICA IDENTITY FULL"),
            "REPACK public.visit",
        ),
        (
            ("ALTER TABLE visit ADD PRIMARY KEY (id)", "ALTER TABLE visit SET UNLOGGED"),
            "REPACK public.visit",
        ),
    ],
)
def test_the_fix_since_19(patient: IsolatedServer, before: tuple[str, ...], command: str) -> None:
    found = emptied(patient, *before)
    assert f"'{command}'" in found.hint
    if "CONCURRENTLY" not in command:
        with pytest.raises(psycopg2.Error):
            patient.execute("REPACK (CONCURRENTLY) public.visit")
    patient.execute(command, "ANALYZE visit")
    assert patient.turned(thresholds={TABLES: SMALL}) == {}


@on(19)
def test_the_fix_of_a_materialized_view(patient: IsolatedServer) -> None:
    fill(patient)
    patient.execute(
        "CREATE MATERIALIZED VIEW seen AS SELECT * FROM visit",
        "CREATE UNIQUE INDEX ON seen (id)",
        "DELETE FROM visit WHERE id % 10 <> 0",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY seen",
        "VACUUM FULL ANALYZE visit",
        "VACUUM ANALYZE seen",
    )
    found = patient.look(TABLES, thresholds={TABLES: SMALL})[TABLES]
    assert "'REPACK public.seen'" in found.hint
    assert "a materialized view" in found.hint
    patient.execute("REPACK public.seen", "ANALYZE seen")
    assert patient.turned(thresholds={TABLES: SMALL}) == {}


@on(19)
@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"wal_level": "minimal", "max_wal_senders": "0"}, "wal_level = minimal"),
        ({"max_repack_replication_slots": "0"}, "max_repack_replication_slots = 0"),
    ],
)
def test_a_server_that_cannot_repack_concurrently(
    patient: IsolatedServer, tmp_path: Path, settings: dict[str, str], reason: str
) -> None:
    with alone(patient.major, tmp_path, settings) as other:
        found = emptied(other, "ALTER TABLE visit ADD PRIMARY KEY (id)")
        assert f"(CONCURRENTLY) is not possible with {reason}" in found.hint
        with pytest.raises(psycopg2.Error):
            other.execute("REPACK (CONCURRENTLY) public.visit")


def test_an_empty_index(patient: IsolatedServer) -> None:
    fill(patient)
    limits = {INDEXES: SMALL}
    patient.execute("DELETE FROM visit WHERE id % 10 <> 0 AND id < 19990", "VACUUM ANALYZE visit")
    assert patient.turned(thresholds=limits) == {INDEXES: "CRITICAL"}
    message = patient.look(INDEXES, thresholds=limits)[INDEXES].message
    assert "index public.visit_note of clinic is " in message
    assert "index public.visit_upper of clinic is " in message
    with others(patient):
        assert seen_by(patient, INDEXES, thresholds=limits) == {"mon": "UNKNOWN", "plain": "UNKNOWN"}
    patient.execute("REINDEX TABLE visit")
    assert patient.turned(thresholds=limits) == {}


def test_without_statistics_nothing_is_known(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit AS SELECT n, repeat('x', 100) FROM generate_series(1, 9000) n", "VACUUM visit")
    found = patient.look(TABLES, thresholds={TABLES: SMALL})[TABLES]
    assert found.status == "UNKNOWN"
    assert "there are no statistics of 1 big tables" in found.message
