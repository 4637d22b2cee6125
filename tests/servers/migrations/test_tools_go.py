# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""golang-migrate, goose, dbmate and Atlas."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.keys import crc32, fnv32
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.tools_go import GOOSE_KEY
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import becomes, look, make

#: What is in the tools' tables does not depend on the version of the server; the oldest and the newest are enough.
MAJORS = (13, 18)

REVISION = (
    "INSERT INTO atlas_schema_revisions (version, description, applied, total, executed_at, execution_time, error, hash, operator_version)"
    " VALUES ('2026', 'add', {}, 3, now(), 1, {}, 'h', 'v')"
)


def test_golang_migrate(patient: IsolatedServer) -> None:
    make(patient, "golang-migrate")
    patient.execute("INSERT INTO schema_migrations VALUES (12, false)")
    becomes(patient, "golang-migrate", "finished")
    patient.execute("UPDATE schema_migrations SET dirty = true")
    (run,) = look(patient)
    assert (run.state, run.status) == ("dirty", "WARNING")
    assert "version 12 broke off" in run.reason
    assert "migrate force" in run.hint


@pytest.mark.parametrize("name", ["public\0schema_migrations\0" + DATABASE, DATABASE])
def test_golang_migrate_at_work(patient: IsolatedServer, name: str) -> None:
    make(patient, "golang-migrate")
    patient.execute("INSERT INTO schema_migrations VALUES (12, true)")
    with patient.session(f"SELECT pg_advisory_lock({crc32(name) * 1486364155 % 2**32})"):
        (run,) = look(patient)
        assert (run.state, run.status) == ("running", "OK")
        assert run.reason.startswith("version 12; session ")


def test_goose(patient: IsolatedServer) -> None:
    make(patient, "goose")
    becomes(patient, "goose", "unknown")
    with patient.session(f"SELECT pg_advisory_lock({GOOSE_KEY})"):
        becomes(patient, "goose", "running")


def test_dbmate(patient: IsolatedServer) -> None:
    make(patient, "dbmate")
    becomes(patient, "dbmate", "unknown")


@pytest.mark.parametrize(
    ("applied", "error", "expected"),
    [(3, "NULL", "finished"), (1, "NULL", "failed"), (3, "'syntax error'", "failed"), (3, "''", "finished")],
)
def test_atlas(patient: IsolatedServer, applied: int, error: str, expected: str) -> None:
    patient.execute("CREATE SCHEMA atlas_schema_revisions")
    make(patient, "Atlas")
    patient.execute(REVISION.format(applied, error))
    becomes(patient, "Atlas", expected)
    with patient.session(f"SELECT pg_advisory_lock({fnv32('atlas_migrate_execute')})"):
        becomes(patient, "Atlas", "running")
