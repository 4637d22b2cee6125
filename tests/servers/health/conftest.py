# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server that checks are tried on: nothing is wrong with it until a test makes something wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.conftest import majors_of, parameters
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.server import running

#: What the packages and the roles of this collection leave behind, as far as checks look at it; no restart is cheap here, so generous.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_prepared_transactions": "5",
    "autovacuum_naptime": "1d",  # on, but it does not tidy up before a check has looked
    "jit": "off",
    "logging_collector": "off",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that ask for a patient run on every major, those of one major in one process."""
    if "patient" in metafunc.fixturenames or "_running_patient" in metafunc.fixturenames:
        metafunc.parametrize("_running_patient", parameters(majors_of(metafunc)), indirect=True, scope="session")


@pytest.fixture(scope="session")
def _running_patient(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[IsolatedServer]:
    with running(request.param, SETTINGS, ["--data-checksums"]) as server:
        yield IsolatedServer(server, Path(tmp_path_factory.mktemp("state")))


@pytest.fixture
def patient(_running_patient: IsolatedServer) -> Iterator[IsolatedServer]:
    """A server that is well, with an empty database `clinic`, and no memory of earlier looks."""
    _running_patient.admit()
    yield _running_patient
    _running_patient.discharge()
