# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server with an application's role and database, to which every connection works until a test breaks something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.conftest import majors_of
from ansible_collections.aerovista.postgresql.tests.servers.diagnose.office import SETTINGS, DiagnosisHost
from ansible_collections.aerovista.postgresql.tests.servers.server import running


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that ask for an office run on every major, those of one major in one process."""
    if "office" in metafunc.fixturenames:
        chosen = [
            pytest.param(major, marks=pytest.mark.xdist_group(f"pg{major}"), id=str(major))
            for major in majors_of(metafunc)
        ]
        metafunc.parametrize("_running_office", chosen, indirect=True, scope="session")


@pytest.fixture(scope="session")
def _running_office(request: pytest.FixtureRequest) -> Iterator[DiagnosisHost]:
    with running(request.param, SETTINGS) as server:
        yield DiagnosisHost(server)


@pytest.fixture
def office(_running_office: DiagnosisHost, tmp_path: Path) -> Iterator[DiagnosisHost]:
    """A server that lets `appuser` into `appdb` with a password."""
    _running_office.open(tmp_path)
    yield _running_office
    _running_office.close()
