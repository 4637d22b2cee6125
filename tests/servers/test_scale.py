# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What many databases and many tables cost. Numbers are told with: scripts/servers --long -k scale -rP."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases import manage
from ansible_collections.aerovista.postgresql.tests.servers.conftest import majors
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

PASSWORD = "the same long pass phrase everywhere"

#: Seconds a run without changes may take.
HUNDRED_DATABASES_S = 3.0
TEN_THOUSAND_TABLES_S = 2.0

#: Created and dropped in pieces: the lock table of a default configuration holds no more.
PIECE = 500


def servers_of(config: pytest.Config) -> list[int]:
    """The newest major, and in the long form the oldest, too: they differ in what a GRANT locks."""
    every = majors(config)
    return sorted({every[0], every[-1]}) if config.getoption("--long") else every[-1:]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    chosen = servers_of(metafunc.config)
    cases = [pytest.param(major, marks=pytest.mark.xdist_group(f"pg{major}"), id=str(major)) for major in chosen]
    metafunc.parametrize("server", cases, indirect=True, scope="session")


def declaration(server: Server, amount: int) -> manage.DatabasesRequest:
    """Databases with three roles each."""
    databases: list[dict[str, Any]] = [
        {
            "name": f"scale_{number:03}",
            "model": "separated",
            "roles": {
                "migrator": {"name": f"scale_{number:03}_m", "password": PASSWORD},
                "app": {"name": f"scale_{number:03}_a", "password": PASSWORD},
            },
        }
        for number in range(amount)
    ]
    return manage.DatabasesRequest(version=server.major, cluster="main", databases=databases)


def timed(server: Server, request: manage.DatabasesRequest, *, check: bool = False) -> tuple[float, list[str]]:
    """Seconds of engine time, and the statements."""
    begun = time.perf_counter()
    outcome = manage.manage_cluster(server.cluster, request, check=check)
    return time.perf_counter() - begun, [item["statement"] for item in outcome.as_dict()["statements"]]


def best(server: Server, request: manage.DatabasesRequest) -> float:
    """The best of three runs that change nothing."""
    seconds = []
    for _attempt in range(3):
        duration, statements = timed(server, request)
        assert statements == []
        seconds.append(duration)
    return min(seconds)


@pytest.fixture
def swept(server: Server) -> Iterator[None]:
    """Nothing of it is left for other tests."""
    yield
    for (name,) in server.rows("SELECT datname FROM pg_database WHERE datname ~ '^(scale|big)'"):
        server.execute(f"DROP DATABASE {name}")
    names = ", ".join(name for (name,) in server.rows("SELECT rolname FROM pg_roles WHERE rolname ~ '^(scale|big)'"))
    server.execute(f"DROP ROLE IF EXISTS {names}")


def test_databases_cost_little_and_no_more_each_when_there_are_many(
    server: Server, long_form: bool, swept: None
) -> None:
    few = 100 if long_form else 10
    made, _statements = timed(server, declaration(server, few))
    unchanged = best(server, declaration(server, few))
    print(f"PostgreSQL {server.major}: {few} databases x 3 roles made in {made:.1f} s, no change {unchanged:.2f} s")
    assert unchanged <= HUNDRED_DATABASES_S
    if long_form:
        timed(server, declaration(server, 5 * few))
        many = best(server, declaration(server, 5 * few))
        print(f"PostgreSQL {server.major}: {5 * few} databases x 3 roles, no change {many:.2f} s")
        assert many <= 1.5 * 5 * unchanged


def test_tables_cost_little_and_drift_of_two_is_one_statement(server: Server, long_form: bool, swept: None) -> None:
    amount = 10_000 if long_form else 1_000
    request = manage.DatabasesRequest(
        version=server.major,
        cluster="main",
        databases=[{"name": "big", "model": "separated", "roles": {"readonly": {"name": "big_readonly"}}}],
    )
    timed(server, request)
    for start in range(0, amount, PIECE):
        loop = (
            f"FOR i IN {start}..{start + PIECE - 1} LOOP EXECUTE 'CREATE TABLE app.t' || i || ' (id serial)'; END LOOP"
        )
        server.execute(f"SET ROLE big_owner; DO $$ BEGIN {loop}; END $$", database="big")
    unchanged = best(server, request)
    server.execute("REVOKE INSERT ON app.t7, app.t77 FROM big_app", database="big")
    repaired, statements = timed(server, request)
    print(f"PostgreSQL {server.major}: {amount} tables, no change {unchanged:.2f} s, drift of two {repaired:.2f} s")
    assert statements == ["GRANT INSERT ON TABLE app.t7, app.t77 TO big_app"]
    assert unchanged <= TEN_THOUSAND_TABLES_S
    server.execute("GRANT TRUNCATE ON ALL TABLES IN SCHEMA app TO big_app", database="big")
    whole, statements = timed(server, request)
    print(f"PostgreSQL {server.major}: {amount} tables, drift of all {whole:.2f} s")
    assert statements == ["REVOKE TRUNCATE ON ALL TABLES IN SCHEMA app FROM big_app"]
