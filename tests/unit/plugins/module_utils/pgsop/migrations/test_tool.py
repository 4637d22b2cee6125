# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a table is recognised, and what sessions say of a run."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.migrations.tool import (
    SessionEvidence,
    Table,
    by_flag,
    by_sessions,
)

TABLE = Table(1, "app", "migrations", "app.migrations", {"id": "int4", "name": "varchar(255)", "odd": "?"})


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"id": "int", "name": "text"}, True),
        ({"id": "text"}, False),
        ({"id": "int", "when": "time"}, False),
        ({"odd": "bool"}, False),
    ],
)
def test_columns(columns: dict[str, str], expected: bool) -> None:
    assert TABLE.has(columns) == expected


@pytest.mark.parametrize(
    ("evidence", "state"),
    [
        (SessionEvidence(holders=("session 1",)), "running"),
        (SessionEvidence(writers=("session 1",)), "running"),
        (SessionEvidence(builders=("session 1",)), "running"),
        (SessionEvidence(others=5), "unknown"),
        (SessionEvidence(hidden=1), "unknown"),
        (SessionEvidence(), "unknown"),
    ],
)
def test_a_table_that_tells_nothing(evidence: SessionEvidence, state: str) -> None:
    assert by_sessions("nobody knows")({}, evidence).state == state


@pytest.mark.parametrize(
    ("evidence", "state", "hint"),
    [
        (SessionEvidence(holders=("session 1",)), "running", ""),
        (SessionEvidence(builders=("session 1",)), "running", ""),
        (SessionEvidence(others=5), "locked", "unlock"),
        (SessionEvidence(hidden=1), "locked", "unlock"),
        (SessionEvidence(), "failed", "unlock"),
    ],
)
def test_a_flag_that_outlives_its_owner(evidence: SessionEvidence, state: str, hint: str) -> None:
    found = by_flag(evidence, 5.0, "it is locked", "unlock")
    assert (found.state, found.since_s, found.hint) == (state, 5.0, hint)
    assert found.reason.startswith("it is locked")
