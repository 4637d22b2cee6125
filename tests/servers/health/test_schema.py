# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there in a schema and does not do what one expects of it."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import others, seen_by
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer

NOT_VALIDATED, UNLOGGED, DISABLED, OUTDATED = (
    "constraints.not_validated",
    "tables.unlogged",
    "triggers.disabled",
    "extensions.outdated",
)


def test_constraints_that_are_not_validated_are_told(patient: IsolatedServer) -> None:
    patient.execute(
        "CREATE TABLE visit (id int, fee int)", "ALTER TABLE visit ADD CONSTRAINT fair CHECK (fee > 0) NOT VALID"
    )
    assert patient.turned() == {}, "it only informs"
    found = patient.look(NOT_VALIDATED)[NOT_VALIDATED]
    assert found.value == 1
    assert "constraint fair on public.visit of clinic was never validated" in found.message
    with others(patient):
        assert patient.look(NOT_VALIDATED, dsn=patient.as_role("plain"))[NOT_VALIDATED].value == 1
    patient.execute("ALTER TABLE visit VALIDATE CONSTRAINT fair")
    assert patient.look(NOT_VALIDATED)[NOT_VALIDATED].value == 0
    patient.execute("CREATE DOMAIN fee AS int", "ALTER DOMAIN fee ADD CONSTRAINT fair CHECK (VALUE > 0) NOT VALID")
    assert "constraint fair on public.fee of clinic" in patient.look(NOT_VALIDATED)[NOT_VALIDATED].message


def test_a_constraint_that_is_not_to_be_enforced_is_not_unfinished(patient: IsolatedServer) -> None:
    if patient.major < 18:
        pytest.skip("there is none before 18")
    patient.execute("CREATE TABLE visit (id int, CONSTRAINT fair CHECK (id > 0) NOT ENFORCED)")
    assert patient.look(NOT_VALIDATED)[NOT_VALIDATED].value == 0


def test_unlogged_tables_are_told(patient: IsolatedServer) -> None:
    patient.execute("CREATE UNLOGGED TABLE visit (id int PRIMARY KEY)")
    assert patient.turned() == {}, "it only informs"
    found = patient.look(UNLOGGED)[UNLOGGED]
    assert found.value == 1
    assert found.message == "table public.visit of clinic is unlogged: a crash empties it"
    patient.execute("ALTER TABLE visit SET LOGGED")
    assert patient.look(UNLOGGED)[UNLOGGED].value == 0


def test_a_disabled_trigger(patient: IsolatedServer) -> None:
    patient.execute(
        "CREATE TABLE visit (id int)",
        "CREATE TRIGGER stamp BEFORE UPDATE ON visit FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    )
    assert patient.turned() == {}
    patient.execute("ALTER TABLE visit DISABLE TRIGGER stamp")
    assert patient.turned() == {DISABLED: "WARNING"}
    assert "trigger stamp on public.visit of clinic is disabled" in patient.look(DISABLED)[DISABLED].message
    with others(patient):
        assert seen_by(patient, DISABLED) == {"mon": "WARNING", "plain": "WARNING"}
    assert patient.turned(exclude={DISABLED: ["clinic.public.visit.*"]}) == {}
    patient.execute("ALTER TABLE visit ENABLE TRIGGER stamp")
    assert patient.turned() == {}


def test_a_foreign_key_that_is_not_enforced(patient: IsolatedServer) -> None:
    patient.execute(
        "CREATE TABLE person (id int PRIMARY KEY)",
        "CREATE TABLE visit (person int CONSTRAINT of_person REFERENCES person)",
    )
    patient.execute("ALTER TABLE visit DISABLE TRIGGER ALL")
    assert patient.turned() == {DISABLED: "WARNING"}
    found = patient.look(DISABLED)[DISABLED]
    assert found.value == 1
    assert "foreign key of_person is not enforced on public.visit of clinic" in found.message
    patient.execute("ALTER TABLE visit ENABLE TRIGGER ALL")
    assert patient.turned() == {}


def test_an_extension_that_is_behind_its_package(patient: IsolatedServer) -> None:
    patient.execute("CREATE EXTENSION hstore VERSION '1.4'")
    assert patient.turned() == {OUTDATED: "WARNING"}
    newest = patient.server.rows("SELECT default_version FROM pg_available_extensions WHERE name = 'hstore'")[0][0]
    assert f"extension hstore of clinic is at 1.4, its package at {newest}" in patient.look(OUTDATED)[OUTDATED].message
    with others(patient):
        assert seen_by(patient, OUTDATED) == {"mon": "WARNING", "plain": "WARNING"}
    patient.execute("ALTER EXTENSION hstore UPDATE")
    assert patient.turned() == {}


def test_an_extension_whose_package_is_gone(patient: IsolatedServer) -> None:
    patient.execute("CREATE EXTENSION hstore", "UPDATE pg_extension SET extname = 'lost' WHERE extname = 'hstore'")
    assert patient.turned() == {OUTDATED: "WARNING"}
    assert "extension lost of clinic has no files on this host any more" in patient.look(OUTDATED)[OUTDATED].message
