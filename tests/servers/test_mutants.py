# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The property test bites: every rule of the engine, broken in turn, is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.tests.servers import invariants
from ansible_collections.aerovista.postgresql.tests.servers.conftest import majors
from ansible_collections.aerovista.postgresql.tests.servers.harness import Engine, observe
from ansible_collections.aerovista.postgresql.tests.servers.mutants import MUTANTS, Mutant, engine
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import WORLDS

#: How many starts have to be enough.
STARTS = 60


def servers_of(config: pytest.Config, mutant: Mutant, number: int) -> list[int]:
    """All where the rule matters; in the short form one, in turn of the two newest."""
    able = [major for major in majors(config) if mutant.since <= major <= mutant.until]
    return able if config.getoption("--long") else able[-2:][number % 2 :][:1]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    cases = [
        pytest.param(major, mutant, marks=pytest.mark.xdist_group(f"pg{major}"), id=f"{major}-{mutant.name}")
        for number, mutant in enumerate(MUTANTS)
        for major in servers_of(metafunc.config, mutant, number)
    ]
    metafunc.parametrize(("server", "mutant"), cases, indirect=["server"], scope="session")


def caught(server: Server, seed: int, altered: Engine) -> str:
    """What is noticed of a broken engine after one start; empty for nothing."""
    wanted = {world.name: invariants.reference(server, world) for world in WORLDS}
    try:
        run = observe(server, seed, altered)
    except Exception as error:
        if type(error).__name__ not in ("PgsopError", "ServerError"):
            raise
        return f"it fails: {error}"
    return ", ".join(invariants.violations(run, wanted[run.world.name]))


def test_a_broken_rule_is_noticed(server: Server, mutant: Mutant, tmp_path: Path) -> None:
    with engine(mutant, tmp_path) as altered:
        for seed in dict.fromkeys([mutant.seed, *range(STARTS)]):
            noticed = caught(server, seed, altered)
            if noticed:
                print(f"start {seed}: {noticed}")
                return
    pytest.fail(f"nobody notices in {STARTS} starts: {mutant.name}")
