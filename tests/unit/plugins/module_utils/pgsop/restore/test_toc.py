# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of a dump: their kinds, their names, and the passes in which several jobs may load them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import Config
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import passes, toc
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import Plan, Request
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    HostConfig,
    dump_of,
    script,
    stored_of,
)

BEFORE = (
    "1; 3079 1 EXTENSION - pgq ",
    "2; 1259 2 TABLE public t app",
    "3; 0 0 ACL - SCHEMA public postgres",
)
DATA = (
    "4; 0 16 TABLE DATA pgq tick postgres",
    "5; 0 17 TABLE DATA public t app",
    "6; 0 18 TABLE DATA pgq queue postgres",
    "7; 0 0 SEQUENCE SET public s app",
)
AFTER = ("8; 2606 19 CONSTRAINT public t t_pkey app", "9; 826 20 DEFAULT ACL - DEFAULT PRIVILEGES FOR TABLES app")
LIST = f"""
import sys
parts = {{"pre-data": {BEFORE}, "data": {DATA}, "post-data": {AFTER}}}
chosen = [part for part in parts if f"--section={{part}}" in sys.argv] or list(parts)
print("; Archive created at now")
for part in chosen:
    for line in parts[part]:
        print(line)
"""


def entry(line: str) -> toc.Entry:
    return toc.Entry(int(line.split(";", maxsplit=1)[0]), line.split(" ", maxsplit=3)[3], line)


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ("7; 2606 9 FK CONSTRAINT public chi chi_p_fkey app", "constraint", "public.chi.chi_p_fkey"),
        ("7; 2606 9 CHECK CONSTRAINT public t c app", "constraint", "public.t.c"),
        ("7; 1259 9 INDEX app i app", "index", "app.i"),
        ("7; 1259 9 MATERIALIZED VIEW app v app", "materialized view", "app.v"),
        ("7; 0 9 MATERIALIZED VIEW DATA app v app", "materialized view data", "app.v"),
        ("7; 0 9 TABLE DATA app t app", "table data", "app.t"),
        ("7; 1255 9 FUNCTION app f(integer, text) app", "function", "app.f(integer, text)"),
        ("7; 2620 9 TRIGGER app t tr app", "trigger", "app.t.tr"),
        ("7; 3079 9 EXTENSION - pgq ", "extension", "pgq"),
        ("7; 0 0 ACL app TABLE t app", "privileges", "app.TABLE t"),
        (
            "7; 826 9 DEFAULT ACL - DEFAULT PRIVILEGES FOR TABLES app",
            "default privileges",
            "DEFAULT PRIVILEGES FOR TABLES",
        ),
    ],
)
def test_kind_and_name(line: str, kind: str, name: str) -> None:
    assert toc.kind_and_name(entry(line)) == (kind, name)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("app.t", "app t"),
        ('"my schema"."a.b"', "my schema a.b"),
        ('app."say ""hi"""', 'app say "hi"'),
        ('app."two\nlines"', "app two lines"),
    ],
)
def test_name_as_the_table_of_contents_has_it(name: str, shown: str) -> None:
    assert toc.shown(name) == shown


def test_data_of_tables_is_found_by_their_whole_names() -> None:
    lines = [
        "1; 0 1 TABLE DATA app t app",
        "2; 0 2 TABLE DATA app t2 app",
        "3; 1259 3 TABLE app t app",
        "4; 0 4 TABLE DATA a t b",
    ]
    assert [each.identifier for each in toc.data_of(map(entry, lines), {"app.t": 1, 'a."t b"': 2})] == [1]


@pytest.fixture
def plan() -> Plan:
    dump = dump_of("d", rows_of_extensions={"pgq.queue": 1, "pgq.tick": 1})
    return Plan(stored_of(1, [dump]), dump, {}, {}, (), 17, 17)


def test_rows_of_extensions_are_loaded_first_in_the_order_of_the_dump(tmp_path: Path, plan: Plan) -> None:
    script(tmp_path / "pg_restore", LIST)
    config: Config = HostConfig(version=17, folder=str(tmp_path))
    found = passes.read(config, plan, "/dump")
    parts = (found.definitions, found.configuration, found.data, found.rest)
    assert [[each.identifier for each in part] for part in parts] == [[1, 2], [4, 6], [5, 7], [3, 8, 9]]
    assert found.needed
    one = passes.read(config, replace(plan, dump=replace(plan.dump, rows_of_extensions={"pgq.tick": 1})), "/dump")
    assert not one.needed


@pytest.mark.parametrize(
    ("request_", "command"),
    [
        (Request("d"), "sudo pgsop restore --database d --set SET --keep-going"),
        (Request("d", target="a b"), "sudo pgsop restore --database d --set SET --target 'a b' --keep-going"),
        (Request("d", replace="d"), "sudo pgsop restore --database d --set SET --replace d --keep-going"),
    ],
)
def test_command_that_continues_is_complete(plan: Plan, request_: Request, command: str) -> None:
    asked = replace(plan, request=request_)
    assert asked.keep_going == command.replace("SET", plan.stored.name)
