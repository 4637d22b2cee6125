# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""User name maps: the whole of pg_ident.conf, and what is left to a person."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.availability import ANSWERS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import FileMode, FileState, read_state
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba import ident
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.activate import Activation, HbaChange
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.ident import IdentFile, make_file
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.rule import HbaRule, parse, render
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.identity import effective_user
from ansible_collections.aerovista.postgresql.tests.servers.hba.conftest import OWNER, Gate
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR

STAFF = {"map": "staff", "system_user": ADMINISTRATOR, "role": "clerk"}
MODE = FileMode("postgres", "postgres", 0o640)
USES = parse({"type": "local", "user": ["clerk"], "method": "peer", "options": {"map": "staff"}})
PACKAGED = "# PostgreSQL User Name Maps\n\n# MAPNAME  SYSTEM-USERNAME  PG-USERNAME\n"


def found(text: str | None, maps: list[dict[str, str]], rules: list[HbaRule]) -> IdentFile:
    return make_file(FileState("/x/pg_ident.conf", text, "postgres", "postgres", 0o640), MODE, rules, maps, "test")


@pytest.mark.parametrize(
    ("text", "maps", "writes"),
    [
        (PACKAGED, [], False),
        (PACKAGED + "staff ann clerk\n", [], True),
        (PACKAGED, [STAFF], True),
        (None, [], True),
        (ident.render([STAFF], "test"), [STAFF], False),
    ],
)
def test_file_is_written_where_a_line_differs(text: str | None, maps: list[dict[str, str]], writes: bool) -> None:
    assert found(text, maps, []).writes is writes


def test_file_with_a_map_that_is_used_and_not_declared_is_left_and_its_lines_are_reported() -> None:
    kept = found(PACKAGED + "staff  ann clerk\n", [], [USES])
    assert (kept.writes, len(kept.reported)) == (False, 1)
    assert kept.reported[0].startswith("/x/pg_ident.conf line 4: staff ann clerk (left as it is: a rule uses map staff")
    assert found(PACKAGED, [STAFF], [USES]).writes


@pytest.mark.parametrize(
    "entry",
    [{**STAFF, "role": ""}, {**STAFF, "map": 'a"b'}, {"map": "x"}, {**STAFF, "rol": "x"}, {**STAFF, "role": None}],
)
def test_bad_map_is_refused(entry: dict[str, Any]) -> None:
    assert ident.problems([entry])
    assert not ident.problems([STAFF])


def change(gate: Gate, maps: list[dict[str, str]], method: str = "peer") -> Activation:
    rules = [parse(OWNER), parse({"type": "local", "user": ["clerk"], "method": method, "options": {"map": "staff"}})]
    before = read_state(str(gate.path.with_name("pg_ident.conf")))
    mode = FileMode(before.owner, before.group, before.mode)
    hba = read_state(str(gate.path))
    file = make_file(before, mode, rules, maps, "test")
    return Activation(HbaChange(hba, render(rules, "test"), mode, rules, file, maps), [])


@every_major
def test_declared_map_lets_a_role_in_and_is_what_the_server_reads(gate: Gate) -> None:
    path = gate.path.with_name("pg_ident.conf")
    before = path.read_text(encoding="utf-8")
    # Other tests of this server take CONNECT on postgres from everybody.
    gate.sql("CREATE ROLE clerk LOGIN", "CREATE DATABASE door")
    try:
        change(gate, [STAFF]).run(gate.cluster, ANSWERS)
        assert "staff" in path.read_text(encoding="utf-8")
        with effective_user(ADMINISTRATOR):
            gate.lets_in("clerk", "door")
    finally:
        path.write_text(before, encoding="utf-8")
        gate.sql("DROP DATABASE door", "DROP ROLE clerk")


def test_map_that_the_server_refuses_leaves_both_files(gate: Gate) -> None:
    if gate.cluster.version < 16:
        pytest.skip("servers before 16 do not compile names when they show them")
    path = gate.path.with_name("pg_ident.conf")
    before, rules = path.read_bytes(), gate.path.read_bytes()
    with pytest.raises(PgsopError, match="previous state was put back"):
        change(gate, [{**STAFF, "system_user": "/(unclosed"}]).run(gate.cluster, ANSWERS)
    assert (path.read_bytes(), gate.path.read_bytes()) == (before, rules)
