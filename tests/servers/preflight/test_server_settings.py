# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of server settings, which is used where no server answers, against the servers themselves."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.server_settings import (
    setting_problem,
    settings_of,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

MAJORS = (13, 14, 15, 16, 17, 18)
_SETTINGS = """
    SELECT name, context, vartype, unit, min_val, max_val, enumvals FROM pg_settings WHERE name !~ '[.]' AND context <> 'internal'
"""
#: Name, value, whether a server of each major version accepts it, for the server and for a database.
VALUES = (
    ("work_mem", "8MB", True, True),
    ("work_mem", "1kB", False, False),
    ("work_memm", "8MB", False, False),
    ("log_statment", "all", False, False),
    ("log_statement", "everything", False, False),
    ("tiemzone", "UTC", False, False),
    ("max_connections", 100, True, False),
    ("max_connections", 0, False, False),
    ("shared_buffers", "12 apples", False, False),
    ("autovacuum", "maybe", False, False),
    ("search_path", ["app", "public"], True, True),
    ("random_page_cost", "1.1", True, True),
    ("timezone", "Europe/Berlin", True, True),
    ("timezone", "Mars", False, False),
    ("log_timezone", "UTC", True, False),
    ("auto_explain.log_min_duration", "1s", True, True),
)


def test_table_has_what_the_server_has(server: Server) -> None:
    table = settings_of(server.major)
    different = []
    for name, context, vartype, unit, least, most, choices in server.rows(_SETTINGS):
        row = table[name.lower()]
        same = (row.context, row.vartype, row.unit, row.min_val, row.max_val) == (context, vartype, unit, least, most)
        if not same or not {*(choices or ())} <= {*(row.enumvals or ())}:
            different.append(name)
    assert different == []


@pytest.mark.parametrize(("name", "value", "of_server", "of_session"), VALUES, ids=str)
def test_verdict_is_that_of_the_server(
    server: Server, name: str, value: object, of_server: bool, of_session: bool
) -> None:
    assert (not setting_problem(name, value, server.major, of_session=False)) is of_server
    assert (not setting_problem(name, value, server.major, of_session=True)) is of_session


def test_name_that_only_a_newer_minor_release_can_have_is_left_to_the_server() -> None:
    assert not setting_problem("brand_new_switch_of_a_minor_release", 1, 17, of_session=False)
