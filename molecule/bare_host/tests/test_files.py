# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Owners and modes of what belongs to the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Server
    from testinfra.host import Host

MODES = {
    "{config}": "postgres:postgres 0755",
    "{config}/conf.d": "postgres:postgres 0755",
    "{config}/conf.d/50-pg_hardening.conf": "postgres:postgres 0644",
    "{config}/conf.d/60-pg_tuning.conf": "postgres:postgres 0644",
    "{config}/postgresql.conf": "postgres:postgres 0644",
    "{config}/pg_hba.conf": "postgres:postgres 0640",
    "{config}/pg_ident.conf": "postgres:postgres 0640",
    "{config}/environment": "postgres:postgres 0644",
    "{config}/pg_ctl.conf": "postgres:postgres 0644",
    "{config}/start.conf": "postgres:postgres 0644",
    "{data}": "postgres:postgres 0700",
    "{log}": "postgres:adm 0640",
    "{sandbox}": "root:root 0644",
    "/etc/postgresql-common/createcluster.d": "root:root 0755",
    "/etc/postgresql-common/createcluster.d/50-pg_install.conf": "root:root 0644",
    "/usr/share/postgresql/{version}/extension": "root:root 0755",
    "/var/lib/postgresql": "postgres:postgres 0755",
    "/var/log/postgresql": "root:postgres 1775",
    "/run/postgresql": "postgres:postgres 2775",
    "/run/postgresql/.s.PGSQL.5432": "postgres:postgres 0777",
}


@pytest.mark.parametrize("path", MODES)
def test_owner_and_mode_are_as_declared(server: Server, path: str) -> None:
    names = ("config", "data", "log", "sandbox", "version")
    assert server.mode(path.format(**{name: getattr(server, name) for name in names})) == MODES[path]


def test_nobody_else_can_read_data_or_log(host: Host, server: Server) -> None:
    for path in (f"{server.data}/PG_VERSION", server.log, f"{server.config}/pg_hba.conf"):
        assert "Permission denied" in host.run(f"runuser -u nobody -- cat {path}").stderr


def test_files_the_server_makes_belong_to_it_alone(server: Server) -> None:
    server.sql("CREATE TABLE made (); CHECKPOINT")
    path = server.sql("SELECT pg_relation_filepath('made')")
    assert server.mode(f"{server.data}/{path}") == "postgres:postgres 0600"
    server.sql("DROP TABLE made")
