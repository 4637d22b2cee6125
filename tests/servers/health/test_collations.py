# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collations that the libraries of the system have changed; the fault is made where the server notes what it has seen of them."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import others, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major

MISMATCH = "collations.mismatch"
CHANGE = "UPDATE pg_collation SET collversion = '1.0' WHERE collname = 'german'"


def test_a_collation_of_another_version(patient: IsolatedServer) -> None:
    patient.execute("CREATE COLLATION german (provider = icu, locale = 'de')", CHANGE)
    assert patient.turned() == {}, "nothing uses it"
    patient.execute("CREATE TABLE person (name text COLLATE german, id int PRIMARY KEY)")
    assert patient.turned() == {MISMATCH: "WARNING"}
    assert (
        "collation public.german of clinic was of version 1.0 when it was made and is of 153"
        in patient.look(MISMATCH)[MISMATCH].message
    )
    patient.execute("CREATE INDEX ON person USING brin (name)")
    assert patient.turned() == {MISMATCH: "WARNING"}, "no order is kept in it"
    patient.execute("CREATE INDEX ON person (id, lower(name))")
    assert patient.turned() == {MISMATCH: "CRITICAL"}
    assert "; 1 indexes are sorted by it" in patient.look(MISMATCH)[MISMATCH].message
    with others(patient):
        assert seen_by(patient, MISMATCH) == {"mon": "CRITICAL", "plain": "CRITICAL"}
    patient.execute("ALTER COLLATION german REFRESH VERSION")
    assert patient.turned() == {}


@every_major
def test_a_database_whose_collation_is_of_another_version(patient: IsolatedServer) -> None:
    if patient.major < 15:
        pytest.skip("the server does not note it before 15")
    make = "CREATE DATABASE clinic TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C'"
    patient.execute("DROP DATABASE clinic", make, database="postgres")
    assert patient.turned() == {}
    patient.execute("UPDATE pg_database SET datcollversion = '1.0' WHERE datname = 'clinic'")
    assert patient.turned() == {MISMATCH: "WARNING"}
    found = patient.look(MISMATCH)[MISMATCH]
    assert "database clinic was made with version 1.0 of its collation, which is 153" in found.message
    assert "REFRESH COLLATION VERSION" in found.hint
    patient.execute("CREATE TABLE person (name text, id int PRIMARY KEY)", "CREATE INDEX ON person (id)")
    assert patient.turned() == {MISMATCH: "WARNING"}, "no text is in an index"
    patient.execute("CREATE INDEX ON person (id, name)")
    assert patient.turned() == {MISMATCH: "CRITICAL"}
    with others(patient):
        assert seen_by(patient, MISMATCH) == {"mon": "CRITICAL", "plain": "CRITICAL"}
    patient.execute("ALTER DATABASE clinic REFRESH COLLATION VERSION")
    assert patient.turned() == {}


@every_major
def test_a_template_whose_collation_is_of_another_version(patient: IsolatedServer) -> None:
    if patient.major < 15:
        pytest.skip("the server does not note it before 15")
    make = "CREATE DATABASE mould TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C' IS_TEMPLATE true"
    patient.execute(make, "UPDATE pg_database SET datcollversion = '1.0' WHERE datname = 'mould'")
    try:
        assert patient.turned() == {MISMATCH: "WARNING"}
        assert "database mould was made with version 1.0" in patient.look(MISMATCH)[MISMATCH].message
    finally:
        patient.execute("ALTER DATABASE mould IS_TEMPLATE false", "DROP DATABASE mould")
