# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore without its programs: what is around them, and that what they leave undone is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import database_properties, objects
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.globals import read_roles
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.manifest import DatabaseDump
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.progress import SILENT
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import StoredSet
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import properties, scratch
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.integrity import check_storage
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.load import Mode
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import RestorePlan
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.rebuild import Act, rebuild
from ansible_collections.aerovista.postgresql.tests.servers.scene import exists, on
from ansible_collections.aerovista.postgresql.tests.servers.server import Server
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    HostConfig,
    script,
)

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)


def known(host: Server, **more: Any) -> RestorePlan:
    """A plan to restore database d, as it is now."""
    empty: dict[str, Any] = {
        "rows": {},
        "rows_of_extensions": {},
        "sequences": {},
        "large_objects": 0,
        "extensions": {},
        "description_form": objects.FORM,
        "extension_grants": (),
    }
    unused: dict[str, Any] = dict.fromkeys(DatabaseDump.__dataclass_fields__, "x")
    with connect(host.cluster, "d") as session:
        described, found, all_roles = (
            objects.describe(session),
            database_properties.read(session, "d"),
            read_roles(session),
        )
    dump = DatabaseDump(**{**unused, **empty, "size_bytes": 1, "name": "d", "properties": found, "roles": (), **more})
    return RestorePlan(StoredSet("set", "/set", None, ()), dump, described, all_roles, (), host.major, host.major)


def act_of(host: Server, folder: Path) -> Act:
    """With programs that say that all went well."""
    for name in ("pg_restore", "vacuumdb"):
        script(folder / name, "")
    return Act(HostConfig(version=host.major, folder=str(folder)), host.cluster, SILENT)


@on(13, 15, 17, 18)
def test_empty_database_is_as_it_was_with_its_roles(host: Server, tmp_path: Path) -> None:
    host.execute("CREATE ROLE fresh", "CREATE DATABASE d TEMPLATE template0 OWNER fresh")
    host.execute("DROP SCHEMA public", "DROP EXTENSION plpgsql", database="d")
    plan = known(host, roles=("fresh",))
    host.execute("DROP DATABASE d", "DROP ROLE fresh")
    with scratch.opened(host.cluster, "drill") as made:
        rebuilt = rebuild(act_of(host, tmp_path), plan, made, str(tmp_path))
        assert (rebuilt.compared.problems, rebuilt.roles) == ([], ["fresh"])
        assert exists(host, "fresh", "role")
        checked = check_storage(plan, made, jobs=2, tick=lambda _text: None)
        assert checked["indexes_checked"] > 100
        assert checked["tables_checked"] > 50 or host.major < 14
    assert not exists(host, "fresh", "role")


@on(13, 17)
def test_what_is_missing_is_told_and_nothing_stays(host: Server, tmp_path: Path) -> None:
    host.execute("CREATE ROLE fresh", "CREATE DATABASE d TEMPLATE template0")
    host.execute("CREATE TABLE public.t (a int)", "CREATE SEQUENCE public.s", database="d")
    plan = known(host, roles=("fresh",), rows={"public.t": 0}, sequences={"public.s": (1, False)}, large_objects=1)
    host.execute("DROP ROLE fresh")
    with pytest.raises(PgsopError) as failed, scratch.opened(host.cluster, "restore") as made:
        rebuild(act_of(host, tmp_path), plan, made, str(tmp_path))
    for words in ("table public.t is missing", "sequence public.s is missing", "0 large objects and were 1"):
        assert words in str(failed.value)
    assert not exists(host, "fresh", "role")
    assert not host.rows("SELECT FROM pg_database WHERE datname ~ '^pgsop'")


@on(17)
@pytest.mark.parametrize(
    ("mode", "problems"), [(Mode.COLLECT, ["schema public is not as it was"]), (Mode.STRICT, []), (Mode.KEEP_GOING, [])]
)
def test_object_that_is_defined_otherwise_fails_a_drill_and_not_a_restore(
    host: Server, tmp_path: Path, mode: Mode, problems: list[str]
) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    plan = known(host)
    plan.objects["schema"]["public"] = "otherwise"
    with scratch.opened(host.cluster, "restore") as made:
        rebuilt = rebuild(act_of(host, tmp_path), plan, made, str(tmp_path), mode=mode)
        assert rebuilt.compared.changed == ["schema public is not as it was"]
        assert rebuilt.problems == problems


@on(17)
def test_lost_object_is_omitted_if_that_is_allowed_and_lost_rows_are_never(host: Server, tmp_path: Path) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    plan = known(host)
    plan.objects["view"] = {"public.v": "x"}
    with scratch.opened(host.cluster, "restore") as made:
        rebuilt = rebuild(act_of(host, tmp_path), plan, made, str(tmp_path), mode=Mode.KEEP_GOING)
        assert [(each.kind, each.name) for each in rebuilt.omitted] == [("view", "public.v")]
    plan = known(host, rows={"public.t": 1})
    with scratch.opened(host.cluster, "restore") as made, pytest.raises(PgsopError, match=r"public[.]t is missing"):
        rebuild(act_of(host, tmp_path), plan, made, str(tmp_path), mode=Mode.KEEP_GOING)


@on(13, 17)
def test_grants_that_are_in_no_dump_are_restored(host: Server, tmp_path: Path) -> None:
    host.execute("CREATE ROLE reader", "CREATE DATABASE d TEMPLATE template0")
    host.execute("GRANT CREATE ON SCHEMA public TO reader", database="d")
    plan = known(host, extension_grants=("GRANT CREATE ON SCHEMA public TO reader",))
    with scratch.opened(host.cluster, "drill") as made:
        assert rebuild(act_of(host, tmp_path), plan, made, str(tmp_path), mode=Mode.COLLECT).problems == []
    plan = known(
        host, extension_grants=("GRANT CREATE ON SCHEMA public TO reader", "GRANT USAGE ON SCHEMA gone TO reader")
    )
    with scratch.opened(host.cluster, "drill") as made:
        (problem,) = rebuild(act_of(host, tmp_path), plan, made, str(tmp_path), mode=Mode.COLLECT).problems
        assert "GRANT USAGE ON SCHEMA gone TO reader" in problem
    with scratch.opened(host.cluster, "restore") as made, pytest.raises(PgsopError, match="gone"):
        rebuild(act_of(host, tmp_path), plan, made, str(tmp_path))


@on(17)
def test_broken_index_is_found(host: Server) -> None:
    host.execute("CREATE DATABASE d TEMPLATE template0")
    plan = known(host)
    with scratch.opened(host.cluster, "drill") as made:
        made.create(properties.creation(plan.dump.properties, made.name, major=host.major))
        host.execute("CREATE TABLE t AS SELECT generate_series(1, 9) a", "CREATE INDEX i ON t (a)", database=made.name)
        # Rows that an index does not know of.
        host.execute(
            "SET allow_system_table_mods = on",
            "UPDATE pg_index SET indisready = false WHERE indexrelid = 'i'::regclass",
            "INSERT INTO t VALUES (10)",
            "UPDATE pg_index SET indisready = true WHERE indexrelid = 'i'::regclass",
            database=made.name,
        )
        with pytest.raises(PgsopError, match=r"index public[.]i of database d"):
            check_storage(plan, made, jobs=2, tick=lambda _text: None)
