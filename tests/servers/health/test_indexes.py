# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Indexes that nobody can use."""

from __future__ import annotations

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import Patient


@pytest.mark.parametrize(("kind", "status"), [("", "WARNING"), ("UNIQUE ", "CRITICAL")])
def test_an_index_that_could_not_be_built(patient: Patient, kind: str, status: str) -> None:
    patient.execute("CREATE TABLE visit AS SELECT 1 AS id, 0 AS zero FROM generate_series(1, 2)")
    with pytest.raises(psycopg2.Error):
        patient.execute(f"CREATE {kind}INDEX CONCURRENTLY visit_id ON visit ((id{' ' if kind else ' / zero'}))")
    assert patient.turned() == {"indexes.invalid": status}
    assert "public.visit_id on public.visit of clinic is invalid" in patient.look()["indexes.invalid"].message
