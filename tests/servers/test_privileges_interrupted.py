# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that loses the server at any statement leaves each database as it was or as declared, and the next run does the rest."""

from __future__ import annotations

import random
import signal
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases import converge as engine
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.servers import catalog
from ansible_collections.aerovista.postgresql.tests.servers.catalog import Snapshot
from ansible_collections.aerovista.postgresql.tests.servers.harness import converge, start
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import DATABASE, WORLDS, PrivilegeSetup, quote, reset

SHORT, LONG = 1, 30

Way = Callable[[Server, Any], None]


def end_session(server: Server, session: Any) -> None:
    """As an administrator does who wants to get rid of it."""
    server.execute(f"SELECT pg_terminate_backend({session.value('SELECT pg_backend_pid()')})")


def crash(server: Server, session: Any) -> None:
    """As when the power fails."""
    server.stop(signal.SIGQUIT)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    long = metafunc.config.getoption("--long")
    if "seed" in metafunc.fixturenames:
        metafunc.parametrize("seed", range(LONG if long else SHORT))
        metafunc.parametrize("way", [end_session, crash])
    elif "way" in metafunc.fixturenames:
        cases = [(world, way) for world in WORLDS for way in (crash, end_session)]
        metafunc.parametrize(
            ("world", "way"), cases if long else cases[:1], ids=lambda case: getattr(case, "name", None)
        )


def halves(snapshot: Snapshot) -> tuple[Any, Any]:
    """What one transaction changes: roles and what the whole cluster knows, and the database."""
    cluster = (
        snapshot.memberships,
        frozenset(row[:-1] for row in snapshot.roles),
        frozenset(row for row in snapshot.settings if row[0] != DATABASE),
        frozenset(entry for entry in snapshot.entries if entry.kind == "p"),
    )
    database = (
        frozenset(thing._replace(acl=None) for thing in snapshot.things),
        frozenset(entry for entry in snapshot.entries if entry.kind != "p"),
        frozenset(row for row in snapshot.defaults),
        frozenset(row for row in snapshot.settings if row[0] == DATABASE),
    )
    return cluster, database


def interrupt(server: Server, world: PrivilegeSetup, way: Way, at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that loses the server when it comes to that statement."""
    original, count = engine.run, iter(range(at + 1))

    def run(session: Any, statement: Any) -> None:
        if next(count, None) == at:
            way(server, session)
        original(session, statement)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "run", run)
        with pytest.raises(PgsopError):
            converge(server, world)
    server.stop()
    server.start()


def test_each_database_is_old_or_new_and_the_next_run_does_the_rest(
    server: Server, seed: int, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, _story = start(server, seed)
    old = halves(catalog.read(server))
    statements = converge(server, world)["statements"]
    new = halves(catalog.read(server))
    start(server, seed)
    at = random.Random(seed).randrange(len(statements))

    interrupt(server, world, way, at, monkeypatch)

    now = halves(catalog.read(server))
    assert [now[0] in (old[0], new[0]), now[1] in (old[1], new[1])] == [True, True], statements[at]
    converge(server, world)
    assert halves(catalog.read(server)) == new


def test_new_database_is_gone_again_or_completed_by_the_next_run(
    server: Server, world: PrivilegeSetup, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    reset(server, world)
    server.execute(f"DROP DATABASE {quote(DATABASE)}")
    statements = converge(server, world)["statements"]
    new = halves(catalog.read(server))
    reset(server, world)
    server.execute(f"DROP DATABASE {quote(DATABASE)}")

    interrupt(server, world, way, len(statements) - 3, monkeypatch)

    left = server.rows("SELECT datconnlimit FROM pg_database WHERE datname = %(name)s", parameters={"name": DATABASE})
    assert left in ([], [(0,)]), "a database that is not complete lets somebody in"
    converge(server, world)
    assert halves(catalog.read(server)) == new
    assert converge(server, world)["statements"] == []
