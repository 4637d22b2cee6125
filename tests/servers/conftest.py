# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One server per major for the whole run; how much is tried is a choice on the command line."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

import pytest
from _pytest.mark import ParameterSet

from ansible_collections.aerovista.postgresql.tests.servers.server import NEXT, Server, missing, running

MAJORS = (13, 14, 15, 16, 17, 18)
#: Besides the oldest and the newest, each test that says nothing of majors runs on one of these.
MIDDLE = (14, 15, 16, 17)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("servers")
    group.addoption("--long", action="store_true", help="everything, not the short form")
    group.addoption("--every-major", action="store_true", help="every test on every major that it can run on")
    group.addoption("--majors", default=",".join(map(str, (*MAJORS, NEXT))), help="majors to test, separated by commas")
    group.addoption("--seeds", type=int, default=0, help="random starts per major (0: as many as the form has)")
    group.addoption("--first-seed", type=int, default=0, help="the first of them")


def majors(config: pytest.Config) -> list[int]:
    """The majors of this run, without the pre-release."""
    return [major for major in _asked(config) if major != NEXT]


def _asked(config: pytest.Config) -> list[int]:
    return [int(major) for major in str(config.getoption("--majors")).split(",")]


def majors_of(metafunc: pytest.Metafunc, default: tuple[int, ...] = MAJORS) -> list[int]:
    """The majors for a test, within those of this run.

    A test says with `@on(...)`, or a file with MAJORS = (...), which it needs, because what it tests differs between them.
    For all others the oldest, the newest and one between are enough, unless --every-major or --long is given. The pre-release is
    only for those that name it, or say @next_too or NEXT_TOO = True.
    """
    needed = _enough(metafunc, default)
    whole_file = getattr(metafunc.module, "NEXT_TOO", False) and not hasattr(metafunc.function, "majors")
    if whole_file or getattr(metafunc.function, "next_too", False):
        needed = (*needed, NEXT)
    return [major for major in _asked(metafunc.config) if major in needed]


def parameters(chosen: Iterable[int]) -> list[ParameterSet]:
    """Majors as parameters: tests of one major in one process, and skipped where its programs are missing."""
    found = []
    for major in chosen:
        marks = [pytest.mark.xdist_group(f"pg{major}")]
        if missing(major):
            marks.append(pytest.mark.skip(reason=missing(major)))
        found.append(pytest.param(major, marks=marks, id=str(major)))
    return found


def _enough(metafunc: pytest.Metafunc, default: tuple[int, ...]) -> tuple[int, ...]:
    needed: tuple[int, ...] = getattr(metafunc.function, "majors", ()) or getattr(metafunc.module, "MAJORS", ())
    if needed:
        return needed
    if default != MAJORS or metafunc.config.getoption("--every-major") or metafunc.config.getoption("--long"):
        return default
    # By the test's name, so that it is the same in every process and on every machine.
    middle = MIDDLE[zlib.crc32(metafunc.definition.nodeid.encode()) % len(MIDDLE)]
    return (MAJORS[0], middle, MAJORS[-1])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests that ask for a server run on each, where their file does not choose; those of one major in one process."""
    if "server" in metafunc.fixturenames and not hasattr(metafunc.module, "servers_of"):
        metafunc.parametrize("server", parameters(majors_of(metafunc)), indirect=True, scope="session")


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with running(request.param) as started:
        yield started


@pytest.fixture(scope="session")
def long_form(request: pytest.FixtureRequest) -> bool:
    """Whether everything is asked for."""
    return bool(request.config.getoption("--long"))
