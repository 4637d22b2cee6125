# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in quotes and lines of a file, as servers read them."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.server import refuse_misread
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.read import read_lines
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import (
    KEYWORDS,
    from_server,
    parse,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.knock import ACCEPTED
from ansible_collections.aerovista.postgresql.tests.servers.hba.conftest import OWNER, Gate
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major

NAMES = [*KEYWORDS, "+staff", "@names"]
#: Lines as people write them.
LINES = """
# a comment \"with a quote
local  all\tOWNER  peer
local "all",shop, crm  "+staff",+staff , scram-sha-256   # behind it
host all "a b" 127.0.0.1 255.255.255.255 scram-sha-256
host "replication",replication all samehost reject
hostnossl sameuser all 10.0.0.0/8 ident "map=a, b"
host all all .example.org reject
"""


@pytest.fixture(autouse=True)
def _owner_stays(gate: Gate) -> None:
    gate.write("local all OWNER peer\n")
    gate.becomes(ACCEPTED)


@every_major
def test_name_in_quotes_opens_that_database_and_no_other(gate: Gate) -> None:
    gate.sql("CREATE ROLE clerk LOGIN", *(f'CREATE DATABASE "{name}"' for name in NAMES))
    try:
        for name in NAMES:
            rule = parse({"type": "local", "database": [f'"{name}"'], "user": ["clerk"], "method": "trust"})
            rules = [parse(OWNER), rule]
            gate.write("".join(f"{each.line()}\n" for each in rules))
            with connect(gate.cluster) as session:
                refuse_misread(str(gate.path), rules, session)
            gate.lets_in("clerk", name)
            assert not gate.accepts("clerk", "postgres", host=gate.cluster.socket_directory)
    finally:
        gate.sql("DROP ROLE clerk", *(f'DROP DATABASE "{name}"' for name in NAMES))


@every_major
def test_name_in_quotes_lets_that_role_in_and_no_other(gate: Gate) -> None:
    # Other tests of this server take CONNECT on postgres from everybody.
    gate.sql("CREATE ROLE staff", "CREATE ROLE clerk LOGIN IN ROLE staff", "CREATE DATABASE door")
    gate.sql(*(f'CREATE ROLE "{name}" LOGIN' for name in NAMES))
    try:
        for name in NAMES:
            rules = [parse(OWNER), parse({"type": "local", "user": [f'"{name}"'], "method": "trust"})]
            gate.write("".join(f"{each.line()}\n" for each in rules))
            gate.lets_in(name, "door")
            assert not gate.accepts("clerk", "door", host=gate.cluster.socket_directory)
    finally:
        gate.sql("DROP DATABASE door", "DROP ROLE clerk", "DROP ROLE staff", *(f'DROP ROLE "{name}"' for name in NAMES))


@every_major
def test_lines_are_read_as_the_server_reads_them(gate: Gate) -> None:
    gate.write(LINES)
    lines = read_lines(gate.path.read_text(encoding="utf-8"))
    rows = gate.rows(
        "SELECT line_number, type, database, user_name, address, netmask, auth_method, options, error"
        " FROM pg_hba_file_rules ORDER BY line_number"
    )
    assert [row["error"] for row in rows] == [None] * len(rows)
    assert [line.problem for line in lines] == [""] * len(rows)
    assert [(line.number, line.rule and line.rule.key()) for line in lines] == [
        (row["line_number"], from_server(row).key()) for row in rows
    ]
