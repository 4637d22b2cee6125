# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patients with a server of their own, where others would suffer; and what those see who may see less."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health import history
from ansible_collections.aerovista.postgresql.tests.servers.health.conftest import SETTINGS
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.server import running

#: A role for monitoring as the manual has it, and one that may do nothing.
MONITOR, ORDINARY = "mon", "plain"


@contextmanager
def isolated_server(major: int, state: Path, settings: Mapping[str, str], *initdb: str) -> Iterator[IsolatedServer]:
    """A patient on a server of its own.

    Args:
        major: its version.
        state: folder for what checks remember.
        settings: besides those of all patients.
        initdb: further options of initdb.
    """
    with running(major, {**SETTINGS, **settings}, ["--data-checksums", *initdb]) as server:
        patient = IsolatedServer(server, state)
        patient.admit()
        yield patient


def seen_by(patient: IsolatedServer, check: str, **declared: Any) -> dict[str, str]:
    """What becomes of a check for those who may see less, by role."""
    patient.execute(
        f"CREATE ROLE {MONITOR} LOGIN IN ROLE pg_monitor", f"CREATE ROLE {ORDINARY} LOGIN", database="postgres"
    )
    try:
        return {
            role: patient.look(check, dsn=patient.as_role(role), remember=False, **declared)[check].status
            for role in (MONITOR, ORDINARY)
        }
    finally:
        patient.execute(f"DROP ROLE {MONITOR}", f"DROP ROLE {ORDINARY}", database="postgres")


def settle(patient: IsolatedServer) -> None:
    """Wait until counters are no longer behind, above all those of checkpoints, which DROP DATABASE asks for.

    Until 14 they may be half a second old (PGSTAT_STAT_INTERVAL in pgstat.c of PostgreSQL).
    """
    time.sleep(1.2 if patient.major < 15 else 0.1)


def count_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second look tell rates, however soon it comes."""
    monkeypatch.setattr(history, "LEAST_S", 0.0)
