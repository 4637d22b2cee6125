# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths that a real server reports."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.needs import read_needs
from ansible_collections.aerovista.postgresql.tests.servers.server import Server


def test_server_uses_its_data_its_configuration_and_its_socket(server: Server) -> None:
    with connect(server.cluster) as session:
        found = {(need.path, need.access) for need in read_needs(session, server.cluster)}
        reported = {name: session.value(f"SHOW {name}") for name in ("hba_file", "unix_socket_directories")}
    assert {
        (server.cluster.data_directory, "write"),
        (reported["unix_socket_directories"], "write"),
        (reported["hba_file"], "read"),
    } <= found
    assert all(Path(path).is_absolute() for path, _access in found)
