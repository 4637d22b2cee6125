# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that the script of an extension inserts, and that its dump has again."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.obstacles import found
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

#: An extension as CREATE EXTENSION leaves it, without files: its table is a member, and its rows are dumped. `first` are rows of its script.
_EXTENSION = """
SET allow_system_table_mods = on;
BEGIN;
INSERT INTO pg_extension VALUES (99990, 'fake', 10, 2200, false, '1.0', NULL, NULL);
CREATE TABLE config (id int {key}); {first}
INSERT INTO pg_depend SELECT 'pg_class'::regclass, 'config'::regclass, 0, 'pg_extension'::regclass, 99990, 0, 'e';
CREATE VIEW last_one AS SELECT 1;
INSERT INTO pg_depend SELECT 'pg_class'::regclass, 'last_one'::regclass, 0, 'pg_extension'::regclass, 99990, 0, 'e';
UPDATE pg_extension SET extconfig = ARRAY['config'::regclass::oid], extcondition = ARRAY['{condition}'] WHERE extname = 'fake';
{then}
COMMIT;
"""
_ROW = "INSERT INTO config VALUES (1);"


@on(13, 15, 17, 18)
@pytest.mark.parametrize(
    ("key", "first", "condition", "then", "expected"),
    [
        ("PRIMARY KEY", _ROW, "", "", True),
        ("UNIQUE", _ROW, "", "", True),
        ("", _ROW, "", "", False),
        ("PRIMARY KEY", _ROW, "WHERE id > 1", "", False),
        ("PRIMARY KEY", "", "", _ROW, False),
        ("PRIMARY KEY", "", "", f"COMMIT; BEGIN; {_ROW}", False),
        ("PRIMARY KEY", _ROW, "", "DELETE FROM config;", False),
    ],
    ids=["key", "unique", "no_key", "left_out", "same_transaction", "later", "deleted"],
)
def test_rows_of_an_extensions_script(
    host: Server, key: str, first: str, condition: str, then: str, expected: bool
) -> None:
    script = _EXTENSION.format(key=key, first=first, condition=condition, then=then)
    assert [(each.kind, each.name) for each in found(host, script)] == [("extension", "fake")] * expected
