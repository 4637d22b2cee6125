# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that put data at risk: every server has them, and values for roles and databases are found and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.unsafe_settings import UNSAFE, overrides
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major
from ansible_collections.aerovista.postgresql.tests.servers.server import Server


@contextmanager
def made(server: Server, *statements: str) -> Iterator[None]:
    """Objects of these names for the length of the block."""
    server.execute(*(f"CREATE {each}" for each in statements))
    try:
        yield
    finally:
        server.execute(*(f"DROP {each}" for each in statements))


@every_major
def test_every_server_has_them_and_starts_with_the_safe_value(server: Server) -> None:
    with connect(server.cluster) as session:
        rows = session.rows("SELECT name, vartype, boot_val FROM pg_settings WHERE name = ANY (%s)", [list(UNSAFE)])
    assert {row["name"]: (row["vartype"], row["boot_val"]) for row in rows} == {
        name: ("bool", "off" if risk else "on") for name, (risk, _outcome) in UNSAFE.items()
    }


@pytest.mark.parametrize(
    ("whom", "role", "database"),
    [
        ('ROLE "Mon Day"', "Mon Day", ""),
        ('DATABASE "user"', "", "user"),
        ('ROLE "Mon Day" IN DATABASE "user"', "Mon Day", "user"),
        ("ROLE ALL", "", ""),
    ],
)
@pytest.mark.parametrize(("value", "safe"), [("on", "off"), ("yes", "false")])
def test_value_is_found_and_its_statement_takes_it_back(
    server: Server, whom: str, role: str, database: str, value: str, safe: str
) -> None:
    with made(server, 'ROLE "Mon Day"', 'DATABASE "user"'), connect(server.cluster) as session:
        try:
            server.execute(f"ALTER {whom} SET zero_damaged_pages = {safe}", f"ALTER {whom} SET work_mem = '5MB'")
            assert list(overrides(session)) == []
            server.execute(f"ALTER {whom} SET zero_damaged_pages = {value}")
            (found,) = overrides(session)
            assert (found.name, found.value, found.role, found.database) == (
                "zero_damaged_pages", value, role, database
            )  # fmt: skip
            assert list(overrides(session, ["fsync"])) == []
            server.execute(found.statement)
            assert list(overrides(session)) == []
        finally:
            server.execute(f"ALTER {whom} RESET ALL")
