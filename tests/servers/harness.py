# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One random start, brought to its declaration by the engine, with everything written down that a test may ask about."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import psycopg2

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases import manage
from ansible_collections.aerovista.postgresql.tests.servers import catalog
from ansible_collections.aerovista.postgresql.tests.servers.catalog import Snapshot
from ansible_collections.aerovista.postgresql.tests.servers.drift import Drift
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.servers.world import DATABASE, WORLDS, PrivilegeSetup, reset

#: The engine's entry, or that of an altered copy of it.
Engine = Callable[..., Any]


@dataclass
class Run:
    """What happened.

    Attributes:
        story: what was done by hand before.
        before, after: the state on both sides of the run.
        checked: the state after check mode.
        planned: the statements of check mode; shuffled: the same for the declaration in another order.
        idle: statements of the plan that, one by one, changed nothing, or failed.
        log: what the server wrote during the run.
        outcome: of the run; again: of the next one.
    """

    server: Server
    world: PrivilegeSetup
    story: list[str]
    before: Snapshot
    checked: Snapshot
    planned: list[tuple[str, str]]
    shuffled: list[tuple[str, str]]
    idle: list[str]
    log: str
    outcome: dict[str, Any]
    after: Snapshot
    again: dict[str, Any]

    @property
    def applied(self) -> list[tuple[str, str]]:
        """The statements of the run."""
        return spoken(self.outcome)


def spoken(outcome: dict[str, Any]) -> list[tuple[str, str]]:
    """The statements of an outcome, with the database each belongs to."""
    return [(str(item["database"]), item["statement"]) for item in outcome["statements"]]


def request(world: PrivilegeSetup, server: Server, order: random.Random | None = None) -> manage.DatabasesRequest:
    """What the engine is asked, in the declared order or in another."""
    databases, roles = deepcopy(world.databases), deepcopy(world.roles)
    if order is not None:
        databases, roles = _shuffled(databases, order), _shuffled(roles, order)
    return manage.DatabasesRequest(
        version=server.major,
        cluster="main",
        databases=databases,
        roles=roles,
        public_connect=[],
        lock_timeout_s=5,
        attempts=3,
    )


def _shuffled(value: Any, order: random.Random, key: str = "") -> Any:
    """The same declaration, said in another order. The order of search_path means something, and that of schemas may."""
    if isinstance(value, dict):
        items = [(name, _shuffled(item, order, name)) for name, item in value.items()]
        return dict(order.sample(items, len(items)))
    if isinstance(value, list) and key not in ("search_path", "schemas"):
        return order.sample([_shuffled(item, order) for item in value], len(value))
    return value


def converge(server: Server, world: PrivilegeSetup, engine: Engine = manage.manage_cluster) -> dict[str, Any]:
    """One run of the engine."""
    return dict(engine(server.cluster, request(world, server), check=False).as_dict())


def start(server: Server, seed: int, engine: Engine = manage.manage_cluster) -> tuple[PrivilegeSetup, list[str]]:
    """A random start: half of them from scratch, half converged first; then things happen."""
    world = WORLDS[seed % len(WORLDS)]
    chance = random.Random(seed)
    reset(server, world)
    drifted = seed // 2 % 2 == 1
    if drifted:
        converge(server, world, engine)
    story = Drift(server, world, seed).happen(chance.choice([3, 8, 20, 40]) if drifted else chance.choice([0, 30, 60]))
    return world, story


def observe(server: Server, seed: int, engine: Engine = manage.manage_cluster, *, replay: bool = True) -> Run:
    """A random start and one run of the engine, told in full."""
    world, story = start(server, seed, engine)
    before = catalog.read(server)
    cluster: Cluster = server.cluster
    planned = dict(engine(cluster, request(world, server), check=True).as_dict())
    checked = catalog.read(server)
    other = dict(engine(cluster, request(world, server, random.Random(seed)), check=True).as_dict())
    idle = _idle(server, spoken(planned)) if replay else []
    position = server.log_size()
    outcome = converge(server, world, engine)
    log = server.log_from(position)
    return Run(
        server=server,
        world=world,
        story=story,
        before=before,
        checked=checked,
        planned=spoken(planned),
        shuffled=spoken(other),
        idle=idle,
        log=log,
        outcome=outcome,
        after=catalog.read(server),
        again=converge(server, world, engine),
    )


def _idle(server: Server, statements: list[tuple[str, str]]) -> list[str]:
    """Statements of a plan that change nothing, found by playing it one by one; all of it is taken back."""
    found = []
    connection = psycopg2.connect(**server.address(DATABASE))
    try:
        with connection.cursor() as cursor:
            state = catalog.read(server, cursor=cursor).state()
            for _database, statement in statements:
                cursor.execute(statement)
                now = catalog.read(server, cursor=cursor).state()
                if now == state:
                    found.append(statement)
                state = now
    except psycopg2.Error as error:
        found.append(f"{statement}: {error}")
    finally:
        connection.rollback()
        connection.close()
    return found
