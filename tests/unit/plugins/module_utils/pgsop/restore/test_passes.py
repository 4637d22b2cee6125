# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The passes in which several jobs may load the entries of a dump."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import passes
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import RestorePlan
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


def test_rows_of_extensions_are_loaded_first_in_the_order_of_the_dump(tmp_path: Path) -> None:
    properties = {"encoding": "UTF8"}
    dump = dump_of("d", properties=properties, rows_of_extensions={"pgq.queue": 1, "pgq.tick": 1})
    plan = RestorePlan(stored_of(1, [dump]), dump, {}, {}, (), 17, 17)
    script(tmp_path / "pg_restore", LIST)
    config: BackupConfig = HostConfig(version=17, folder=str(tmp_path))
    found = passes.read(config, plan, "/dump")
    parts = (found.definitions, found.configuration, found.data, found.rest)
    assert [[each.identifier for each in part] for part in parts] == [[1, 2], [4, 6], [5, 7], [3, 8, 9]]
    assert found.needed
    one = passes.read(config, replace(plan, dump=replace(plan.dump, rows_of_extensions={"pgq.tick": 1})), "/dump")
    assert one.needed
    none = passes.read(config, replace(plan, dump=replace(plan.dump, rows_of_extensions={})), "/dump")
    assert not none.needed
    assert [each.identifier for each in found.without(found.configuration).every] == [1, 2, 5, 7, 3, 8, 9]
