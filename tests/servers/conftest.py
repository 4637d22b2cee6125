# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One server per major for the whole run; how much is tried is a choice on the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.server import Server, running

MAJORS = (13, 14, 15, 16, 17, 18)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("servers")
    group.addoption("--long", action="store_true", help="everything, not the short form")
    group.addoption("--majors", default=",".join(map(str, MAJORS)), help="majors to test, separated by commas")
    group.addoption("--seeds", type=int, default=0, help="random starts per major (0: as many as the form has)")
    group.addoption("--first-seed", type=int, default=0, help="the first of them")


def majors(config: pytest.Config) -> list[int]:
    """The majors of this run."""
    return [int(major) for major in str(config.getoption("--majors")).split(",")]


def majors_of(metafunc: pytest.Metafunc) -> list[int]:
    """The majors for a test: all of this run, or those that its file says are enough (MAJORS), where the server's version has no part in it."""
    enough = getattr(metafunc.module, "MAJORS", MAJORS)
    return [major for major in majors(metafunc.config) if major in enough]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that ask for a server run on each, where their file does not choose; those of one major in one process."""
    if "server" in metafunc.fixturenames and not hasattr(metafunc.module, "servers_of"):
        chosen = [
            pytest.param(major, marks=pytest.mark.xdist_group(f"pg{major}"), id=str(major))
            for major in majors_of(metafunc)
        ]
        metafunc.parametrize("server", chosen, indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running(request.param) as started:
        yield started


@pytest.fixture(scope="session")
def long_form(request: pytest.FixtureRequest) -> bool:
    """Whether everything is asked for."""
    return bool(request.config.getoption("--long"))
