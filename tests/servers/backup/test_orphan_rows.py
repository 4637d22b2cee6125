# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows without their parents, where disabled triggers let them in."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.obstacles import found
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

_PAIR = """
CREATE TABLE up (a int, b text, PRIMARY KEY (a, b)); INSERT INTO up VALUES (1, 'x'), (2, 'y');
CREATE TABLE down (b text, a int); INSERT INTO down VALUES ('x', 1), (NULL, NULL);
ALTER TABLE down ADD CONSTRAINT k FOREIGN KEY (a, b) REFERENCES up {more};
"""
_DISABLED = "ALTER TABLE down DISABLE TRIGGER ALL;"


@on(13, 15, 17, 18)
@pytest.mark.parametrize(
    ("more", "then", "expected"),
    [
        ("", f"{_DISABLED} INSERT INTO down VALUES ('y', 1)", True),
        ("", "ALTER TABLE up DISABLE TRIGGER ALL; DELETE FROM up WHERE a = 1", True),
        ("MATCH FULL", f"{_DISABLED} INSERT INTO down VALUES (NULL, 1)", True),
        ("", f"{_DISABLED} INSERT INTO down VALUES (NULL, 7), ('y', 2)", False),
        ("", "INSERT INTO down VALUES ('y', 2)", False),
        ("NOT VALID", f"{_DISABLED} INSERT INTO down VALUES ('y', 1)", False),
    ],
    ids=["orphan", "deleted_key", "full", "no_orphan", "enabled", "not_valid"],
)
def test_orphans_under_disabled_triggers(host: Server, more: str, then: str, expected: bool) -> None:
    assert [(each.kind, each.name) for each in found(host, _PAIR.format(more=more) + then)] == [
        ("constraint", "public.down.k")
    ] * expected
