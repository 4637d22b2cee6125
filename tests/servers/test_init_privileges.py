# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statement that takes dropped roles out of initial privileges: exactly these, and nothing else."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.init_privileges import (
    TRACKED_SINCE,
    cleaning,
    without_roles,
)
from ansible_collections.aerovista.postgresql.tests.servers.scene import on
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

ALL = (13, 14, 15, 16, 17, 18)
#: A role whose name is text that an entry could have in another place.
ODD = '"a=r/b"'
READ = "SELECT initprivs::text FROM pg_init_privs WHERE objoid = 'pg_stat_statements'::regclass"
EVERYTHING = "SELECT objoid, classoid, objsubid, privtype, initprivs::text FROM pg_init_privs ORDER BY 1, 2, 3"
ME = ADMINISTRATOR


@on(*ALL)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"{{{ME}=r/{ME},gone=r/{ME},=r/{ME}}}", f"{{{ME}=r/{ME},=r/{ME}}}", id="grantee"),
        pytest.param(f"{{{ME}=r/{ME},kept=r*/{ME},kept=w/kept}}", "", id="nothing to do"),
        pytest.param(
            "{gone=arwd*/gone,=r/gone,kept=r/gone}", f"{{{ME}=arwd*/{ME},=r/{ME},kept=r/{ME}}}", id="owner and grantor"
        ),
        pytest.param("{gone=rw/gone,other=r/gone,other=r/other}", f"{{{ME}=rw/{ME},{ME}=r/{ME}}}", id="two of them"),
        pytest.param(f'{{"\\"a=r/b\\"=rw/gone",gone=r/{ME}}}', f'{{"\\"a=r/b\\"=rw/{ME}"}}', id="odd name"),
        pytest.param(f"{{gone=r/{ME}}}", None, id="nothing is left"),
    ],
)
@pytest.mark.parametrize("when", ["before DROP ROLE", "after"])
def test_exactly_the_entries_of_dropped_roles_change(host: Server, before: str, after: str | None, when: str) -> None:
    host.execute("CREATE DATABASE d", "CREATE ROLE gone", "CREATE ROLE other", "CREATE ROLE kept", f"CREATE ROLE {ODD}")
    host.execute(
        "CREATE EXTENSION pg_stat_statements",
        f"UPDATE pg_init_privs SET initprivs = '{before}' WHERE objoid = 'pg_stat_statements'::regclass",
        database="d",
    )
    everything = host.rows(EVERYTHING, "d")
    if when == "after":
        host.execute("DELETE FROM pg_authid WHERE rolname IN ('gone', 'other')")
        host.execute(without_roles(ME), database="d")
    elif host.major < TRACKED_SINCE:
        for role in ("gone", "other"):
            needed = cleaning(host.cluster, ["postgres", "d"], [role, "kept"], ME).get(role, {})
            assert set(needed) <= {"d"}
            host.execute(*needed.values(), database="d")
    else:
        assert cleaning(host.cluster, ["d"], ["gone", "other"], ME) == {}
        host.execute(without_roles(ME, "gone"), without_roles(ME, "other"), database="d")
    assert host.rows(READ, "d") == ([] if after is None else [(after or before,)])
    changed = set(host.rows(EVERYTHING, "d")) ^ set(everything)
    assert len(changed) == {None: 1, "": 0}.get(after, 2)
