# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From any state that hands can make, one run leads to what is declared and to nothing else; the server is the judge."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.tests.servers import invariants
from ansible_collections.aerovista.postgresql.tests.servers.harness import Run, observe
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import WORLDS

SHORT, LONG = 4, 250


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        option = metafunc.config.getoption
        amount = int(option("--seeds")) or (LONG if option("--long") else SHORT)
        first = int(option("--first-seed"))
        metafunc.parametrize("seed", range(first, first + amount), scope="module")


@pytest.fixture(scope="module")
def wanted(server: Server) -> dict[str, dict[str, frozenset[Any]]]:
    return {world.name: invariants.reference(server, world) for world in WORLDS}


@pytest.fixture(scope="module")
def run(server: Server, seed: int, wanted: dict[str, Any]) -> Run:
    return observe(server, seed)


@pytest.fixture(autouse=True)
def told(run: Run) -> Iterator[None]:
    """Shown by pytest where a test fails: what had been done by hand, and what the engine made of it."""
    print(f"-- declared: {run.world.name}; by hand:")
    print(*run.story, sep=";\n")
    print("-- the run:")
    print(*(f"{database}: {text}" for database, text in run.applied), sep=";\n")
    yield


def test_one_run_is_enough(run: Run) -> None:
    assert invariants.one_run_is_enough(run) == []


def test_every_start_leads_to_the_same_end(run: Run, wanted: dict[str, Any]) -> None:
    assert invariants.same_end_from_every_start(run, wanted[run.world.name]) == []


def test_every_statement_changes_something(run: Run) -> None:
    assert invariants.every_statement_counts(run) == []


def test_check_mode_tells_what_a_run_does(run: Run) -> None:
    assert invariants.check_tells_what_a_run_does(run) == []


def test_strangers_keep_what_they_have(run: Run) -> None:
    assert invariants.strangers_keep_what_they_have(run) == []


def test_server_gives_managed_roles_what_is_declared(run: Run) -> None:
    assert invariants.server_agrees(run) == []


def test_nothing_goes_wrong_on_the_way(run: Run) -> None:
    assert invariants.nothing_goes_wrong(run) == []


def test_extensions_and_other_schemas_are_untouched(run: Run) -> None:
    assert invariants.others_are_untouched(run) == []


def test_order_of_the_declaration_means_nothing(run: Run) -> None:
    assert invariants.order_means_nothing(run) == []
