# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every managed setting is in force, and comes from the file that manages it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Server

#: What section 5 and the CIS items ask for, as SHOW prints it; a second opinion, not read from the role.
HARDENING = {
    "listen_addresses": "localhost",
    "port": "5432",
    "ssl": "off",
    "password_encryption": "scram-sha-256",
    "authentication_timeout": "1min",
    "unix_socket_directories": "/var/run/postgresql",
    "unix_socket_permissions": "0777",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_directory": "/var/log/postgresql",
    "log_filename": "postgresql-{version}-main-%a.log",
    "log_file_mode": "0640",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_min_messages": "warning",
    "log_min_error_statement": "error",
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
    "log_connections": "on",
    "log_disconnections": "on",
    "log_hostname": "off",
    "log_line_prefix": "%m [%p] %q%u@%d,app=%a,client=%h ",
    "log_statement": "ddl",
    "log_lock_waits": "on",
    "ignore_system_indexes": "off",
    "post_auth_delay": "0",
    "jit_debugging_support": "off",
    "jit_profiling_support": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "track_counts": "on",
    "zero_damaged_pages": "off",
    "ignore_checksum_failure": "off",
    "ignore_invalid_pages": "off",
    "data_sync_retry": "off",
    "allow_system_table_mods": "off",
}
TUNING = {"max_connections": "100", "work_mem": "16MB", "maintenance_work_mem": "256MB"}
SHARES = {"shared_buffers": 25, "effective_cache_size": 75}  # percent of the host's memory


def in_force(server: Server, dropin: str) -> dict[str, str]:
    """Value by name of the settings that are in force because of this drop-in."""
    rows = server.sql("SELECT sourcefile, name, current_setting(name) FROM pg_settings WHERE sourcefile IS NOT NULL")
    found = [row.split("|", maxsplit=2) for row in rows.splitlines()]
    return {name: value for file, name, value in found if file == f"{server.config}/conf.d/{dropin}"}


def test_hardening_settings_are_in_force_from_their_dropin(server: Server) -> None:
    expected = {name: value.replace("{version}", server.version) for name, value in HARDENING.items()}
    assert in_force(server, "50-pg_hardening.conf") == expected


def test_constants_of_section_6_are_in_force_from_their_dropin(server: Server) -> None:
    found = in_force(server, "60-pg_tuning.conf")
    assert {name: value for name, value in found.items() if name not in SHARES} == TUNING


@pytest.mark.parametrize("name", SHARES)
def test_share_of_the_memory_of_section_6_is_in_force(server: Server, name: str) -> None:
    total = int(server.read("/proc/meminfo").split()[1])
    value = in_force(server, "60-pg_tuning.conf")[name]
    assert value.endswith("MB")
    assert int(value.removesuffix("MB")) * 1024 / total * 100 == pytest.approx(SHARES[name], abs=1)


def test_nothing_waits_for_a_restart_and_no_line_is_refused(server: Server) -> None:
    assert server.sql("SELECT name FROM pg_settings WHERE pending_restart") == ""
    assert server.sql("SELECT sourcefile, sourceline, error FROM pg_file_settings WHERE error IS NOT NULL") == ""


def test_settings_are_nowhere_but_in_their_dropins(server: Server) -> None:
    assert "aerovista" not in server.read(f"{server.config}/postgresql.conf")
    assert server.sql("SELECT count(*) FROM pg_file_settings WHERE sourcefile LIKE '%auto.conf'") == "0"


def test_hba_rules_in_force_are_the_declared_ones(server: Server) -> None:
    rows = server.sql(
        "SELECT type, array_to_string(database, ','), array_to_string(user_name, ','), address, auth_method, error"
        " FROM pg_hba_file_rules ORDER BY line_number"
    )
    assert rows.splitlines() == [
        "local|all|postgres||peer|",
        "host|all|all|127.0.0.1|scram-sha-256|",
        "host|all|all|::1|scram-sha-256|",
    ]
