# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Indexes that nobody can use."""

from __future__ import annotations

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import others, seen_by, working
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer

INVALID = "indexes.invalid"


@pytest.mark.parametrize(("kind", "status"), [("", "WARNING"), ("UNIQUE ", "CRITICAL")])
def test_an_index_that_could_not_be_built(patient: IsolatedServer, kind: str, status: str) -> None:
    patient.execute("CREATE TABLE visit AS SELECT 1 AS id, 0 AS zero FROM generate_series(1, 2)")
    with pytest.raises(psycopg2.Error):
        patient.execute(f"CREATE {kind}INDEX CONCURRENTLY visit_id ON visit ((id{' ' if kind else ' / zero'}))")
    assert patient.turned() == {INVALID: status}
    assert "public.visit_id on public.visit of clinic is invalid" in patient.look()[INVALID].message
    with others(patient):
        assert seen_by(patient, INVALID) == {"mon": status, "plain": status}
    patient.execute("DROP INDEX visit_id")
    assert patient.turned() == {}


def test_what_a_reindex_that_failed_leaves_behind(patient: IsolatedServer) -> None:
    patient.execute("CREATE TABLE visit (id int PRIMARY KEY)")
    with patient.session("INSERT INTO visit VALUES (1)"), pytest.raises(psycopg2.Error):
        patient.execute("SET statement_timeout = 300", "REINDEX INDEX CONCURRENTLY visit_pkey")
    assert patient.turned() == {INVALID: "WARNING"}, "it is unique, but the one it was to replace is there"
    found = patient.look(INVALID)[INVALID]
    assert "index public.visit_pkey_ccnew on public.visit of clinic is left over from a REINDEX" in found.message
    assert "DROP INDEX CONCURRENTLY" in found.hint
    patient.execute("DROP INDEX visit_pkey_ccnew")
    assert patient.turned() == {}


@pytest.mark.parametrize(
    "command", ["REINDEX TABLE CONCURRENTLY visit", "CREATE UNIQUE INDEX CONCURRENTLY visit_new ON visit (id)"]
)
def test_an_index_that_is_being_built(patient: IsolatedServer, command: str) -> None:
    patient.execute("CREATE TABLE visit (id int PRIMARY KEY, fee int)", "CREATE INDEX visit_fee ON visit (fee)")
    with others(patient), patient.session("INSERT INTO visit VALUES (1)"), working(patient, command):
        patient.wait(
            lambda: bool(patient.server.rows("SELECT count(*) > 0 FROM pg_index WHERE NOT indisvalid", "clinic")[0][0]),
            "begun",
        )
        assert patient.look(INVALID)[INVALID].status == "OK"
        assert seen_by(patient, INVALID) == {"mon": "OK", "plain": "UNKNOWN"}


def test_an_index_that_some_partition_has_not(patient: IsolatedServer) -> None:
    patient.execute(
        "CREATE TABLE visit (id int) PARTITION BY LIST (id)",
        "CREATE TABLE visit_1 PARTITION OF visit FOR VALUES IN (1)",
        "CREATE UNIQUE INDEX visit_id ON ONLY visit (id)",
    )
    assert patient.turned() == {INVALID: "WARNING"}
    assert (
        "partitioned index public.visit_id on public.visit of clinic is invalid"
        in patient.look(INVALID)[INVALID].message
    )
    patient.execute(
        "CREATE UNIQUE INDEX visit_1_id ON visit_1 (id)", "ALTER INDEX visit_id ATTACH PARTITION visit_1_id"
    )
    assert patient.turned() == {}
