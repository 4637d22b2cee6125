# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plugin of pytest: fixture host is a server that every test finds as initdb left it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.conftest import majors_of, parameters
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server, running
from ansible_collections.aerovista.postgresql.tests.servers.world import quote

#: Most of it is the same on all majors.
USUAL = (17,)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "kept" in metafunc.fixturenames:
        metafunc.parametrize("kept", parameters(majors_of(metafunc, USUAL)), indirect=True, scope="session")


@pytest.fixture(scope="session")
def kept(request: pytest.FixtureRequest) -> Iterator[Server]:
    """One server per major for all tests."""
    with running(request.param) as started:
        yield started


@pytest.fixture
def host(kept: Server) -> Server:
    """It, as initdb left it."""
    for name, flagged in kept.rows(
        "SELECT datname, datistemplate FROM pg_database WHERE datname !~ '^(postgres|template[01])$'"
    ):
        if flagged:
            kept.execute(f"ALTER DATABASE {quote(name)} IS_TEMPLATE false")
        kept.execute(f"DROP DATABASE {quote(name)} WITH (FORCE)")
    names = kept.rows(
        "SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> %(me)s", parameters={"me": ADMINISTRATOR}
    )
    for (name,) in names:
        for database in ("postgres", "template1"):
            kept.execute(
                f"REASSIGN OWNED BY {quote(name)} TO {ADMINISTRATOR}; DROP OWNED BY {quote(name)} CASCADE",
                database=database,
            )
    for (name,) in names:
        kept.execute(f"DROP ROLE {quote(name)}")
    kept.execute("GRANT CONNECT ON DATABASE postgres, template1 TO PUBLIC")
    return kept
