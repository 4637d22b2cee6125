# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths that the server uses and a sandbox hides: refused before the server would lose them. Its own folders are covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Server
    from faults.tests.conftest import Refuse, RefuseAll, Role
    from testinfra.host import Host

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

SPACE = "/srv/archive"
#: Write paths that somebody declares as a whole, without the tablespace.
PACKAGED: dict[str, Any] = {
    "ProtectSystem": "strict",
    "ReadWritePaths": ["/var/lib/postgresql", "/var/log/postgresql", "/run/postgresql"],
}


def test_sandbox_that_would_cut_off_a_tablespace_is_refused(
    host: Host, server: Server, role: Role, refuse: Refuse
) -> None:
    host.check_output(f"install -d -o postgres -g postgres -m 0700 {SPACE}")
    declared: dict[str, Any] = {"pg_hardening_sandbox_write_paths": [SPACE]}
    assert role("pg_hardening", **declared).rc == 0
    server.sql(f"CREATE TABLESPACE archive LOCATION '{SPACE}'")
    server.sql("CREATE TABLE old_orders TABLESPACE archive AS SELECT 42 AS number; CHECKPOINT")
    error = refuse("pg_sandbox", name="pg_hardening", directives=PACKAGED)
    for word in [server.sandbox, SPACE, "ProtectSystem", "pg_hardening_sandbox_write_paths"]:
        assert word in error
    covered = role("pg_hardening")
    assert covered.rc == 0, covered.error
    assert f" -{SPACE}\n" in server.read(server.sandbox)
    assert server.sql("INSERT INTO old_orders VALUES (43); CHECKPOINT; SELECT count(*) FROM old_orders") == "2"
    server.sql("DROP TABLE old_orders")
    server.sql("DROP TABLESPACE archive")
    assert role("pg_hardening").rc == 0
    assert SPACE not in server.read(server.sandbox)


def test_path_that_any_directive_hides_is_refused_without_a_restart(
    host: Host, server: Server, refuse_all: RefuseAll
) -> None:
    host.check_output("install -d -o postgres -g postgres -m 0700 /home/wal")
    server.sql("ALTER SYSTEM SET restore_command = 'cp /home/wal/%f %p'")
    server.reload()
    cases: dict[str, dict[str, str]] = {
        "/home/wal": {"ProtectHome": "yes"},
        server.data: {"InaccessiblePaths": "/var/lib/postgresql"},
        f"{server.config}/pg_hba.conf": {"TemporaryFileSystem": "/etc/postgresql"},
    }
    errors = refuse_all("pg_sandbox", {path: {"directives": directives} for path, directives in cases.items()})
    for path, directives in cases.items():
        (directive,) = directives
        for word in [path, directive, "nothing was changed", "Next step: "]:
            assert word in errors[path]
    missing = refuse_all("pg_sandbox", {"missing": {"directives": {"ReadWritePaths": "/srv/missing"}}})
    assert "/srv/missing" in missing["missing"]
    server.sql("ALTER SYSTEM RESET restore_command")
    server.reload()
