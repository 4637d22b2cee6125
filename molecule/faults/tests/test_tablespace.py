# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tablespace outside of the sandbox: refused before the server would lose it, accepted once it is declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Server
    from faults.tests.conftest import Role
    from testinfra.host import Host

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

SPACE = "/srv/archive"


def test_sandbox_that_would_cut_off_a_tablespace_is_refused(host: Host, server: Server, role: Role) -> None:
    host.check_output(f"install -d -o postgres -g postgres -m 0700 {SPACE}")
    declared: dict[str, Any] = {"pg_hardening_sandbox_write_paths": [SPACE]}
    assert role("pg_hardening", **declared).rc == 0
    server.sql(f"CREATE TABLESPACE archive LOCATION '{SPACE}'")
    server.sql("CREATE TABLE old_orders TABLESPACE archive AS SELECT 42 AS number; CHECKPOINT")
    before = server.state()
    refused = role("pg_hardening")
    assert refused.rc != 0
    assert refused.changed == 0
    for word in [server.sandbox, SPACE, "ReadWritePaths does not cover that", "pg_hardening_sandbox_write_paths"]:
        assert word in refused.error
    assert server.state() == before
    assert server.sql("INSERT INTO old_orders VALUES (43); CHECKPOINT; SELECT count(*) FROM old_orders") == "2"
    server.sql("DROP TABLE old_orders")
    server.sql("DROP TABLESPACE archive")
    assert role("pg_hardening").rc == 0
    assert SPACE not in server.read(server.sandbox)
