# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Null values that a child table may have, and its parent may not."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.obstacles import found
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

_TREE = """
CREATE TABLE top (a int NOT NULL, b int NOT NULL); CREATE TABLE middle () INHERITS (top); CREATE TABLE low () INHERITS (middle);
ALTER TABLE middle ALTER a DROP NOT NULL; ALTER TABLE low ALTER a DROP NOT NULL;
"""


@on(13, 15, 17)
@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("INSERT INTO middle VALUES (NULL, 1)", ["public.middle.a"]),
        ("INSERT INTO low VALUES (NULL, 1)", ["public.low.a"]),
        ("INSERT INTO low VALUES (1, 1)", []),
        ("ALTER TABLE top ALTER a DROP NOT NULL; INSERT INTO low VALUES (NULL, 1)", []),
    ],
)
def test_null_values_below_a_condition(host: Server, then: str, expected: list[str]) -> None:
    assert [(each.kind, each.name) for each in found(host, _TREE + then)] == [("column", name) for name in expected]
