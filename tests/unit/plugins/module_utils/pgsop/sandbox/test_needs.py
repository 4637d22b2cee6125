# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server uses, from its settings and its data directory."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.sandbox.needs import read_needs


@dataclass
class Server(Session):
    """A session that answers with settings, files of the configuration and tablespaces."""

    settings: dict[str, str | None] = field(default_factory=dict)
    tablespaces: dict[str, str] = field(default_factory=dict)

    def rows(self, statement: str, parameters: Any = ()) -> list[dict[str, Any]]:
        if "pg_tablespace" in statement:
            return [{"name": name, "path": path} for name, path in {"pg_default": "", **self.tablespaces}.items()]
        if "pg_file_settings" in statement:
            return [{"path": "/etc/x/postgresql.conf"}]
        return [{"name": name, "setting": value} for name, value in self.settings.items()]


def found(root: Path, server: Server) -> set[tuple[str, str, str]]:
    cluster = Cluster(17, "main", 5432, True, "postgres", f"{root}/data", "/c", f"{root}/log/17.log", "/s")
    needs = read_needs(server, cluster)
    assert len({(need.path, need.write) for need in needs}) == len(needs)
    return {(need.path.replace(str(root), "~"), need.access, need.why) for need in needs}


ALWAYS = {
    ("~/data", "write", "data_directory"),
    ("~/log", "write", "log"),
    ("~/log/17.log", "write", "log"),
    ("/etc/x/postgresql.conf", "read", "configuration"),
}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"hba_file": "/c/pg_hba.conf"}, {("/c/pg_hba.conf", "read", "hba_file")}),
        ({"ident_file": "ident.conf"}, {("~/data/ident.conf", "read", "ident_file")}),
        ({"logging_collector": "off", "log_directory": "/logs"}, set()),
        ({"logging_collector": "on", "log_directory": "/logs"}, {("/logs", "write", "log_directory")}),
        ({"logging_collector": "on", "log_directory": "log"}, {("~/data/log", "write", "log_directory")}),
        ({"ssl": "off", "ssl_key_file": "/k"}, set()),
        ({"ssl": "on", "ssl_key_file": "/k", "ssl_ca_file": ""}, {("/k", "read", "ssl_key_file")}),
        ({"ssl": "on", "ssl_cert_file": "server.crt"}, {("~/data/server.crt", "read", "ssl_cert_file")}),
        ({"ssl": "on", "ssl_crl_dir": "/crl"}, {("/crl", "read", "ssl_crl_dir")}),
        ({"krb_server_keyfile": "FILE:/k/krb5.keytab"}, {("/k/krb5.keytab", "read", "krb_server_keyfile")}),
        ({"krb_server_keyfile": "/k/krb5.keytab"}, {("/k/krb5.keytab", "read", "krb_server_keyfile")}),
        ({"external_pid_file": "/run/x/17.pid"}, {("/run/x", "write", "external_pid_file")}),
        ({"stats_temp_directory": "/run/x/tmp"}, {("/run/x/tmp", "write", "stats_temp_directory")}),
        ({"stats_temp_directory": "pg_stat_tmp"}, {("~/data/pg_stat_tmp", "write", "stats_temp_directory")}),
        ({"basic_archive.archive_directory": "/a"}, {("/a", "write", "basic_archive.archive_directory")}),
        (
            {"unix_socket_directories": '/run/x, "/run/a b", @abstract'},
            {("/run/x", "write", "unix_socket_directories"), ("/run/a b", "write", "unix_socket_directories")},
        ),
        (
            {"shared_preload_libraries": "a, $libdir/b, /opt/c.so", "archive_library": "/opt/d.so"},
            {("/opt/c.so", "read", "shared_preload_libraries"), ("/opt/d.so", "read", "archive_library")},
        ),
        (
            {"archive_command": "cp %p {root}/wal/%f"},
            {("~/wal", "read", "archive_command"), ("~/wal", "write", "archive_command")},
        ),
        ({"restore_command": "cp {root}/wal/%f %p"}, {("~/wal", "read", "restore_command")}),
        ({"archive_command": "{root}/log/17.log %p"}, {("~/log/17.log", "read", "archive_command")}),
        (
            {"recovery_end_command": "echo >{root}/log/17.log"},
            {("~/log/17.log", "read", "recovery_end_command")},
        ),
        ({"archive_command": None, "restore_command": ""}, set()),
    ],
)
def test_settings_name_what_the_server_uses(
    tmp_path: Path, settings: dict[str, str | None], expected: set[tuple[str, str, str]]
) -> None:
    for folder in ("wal", "log", "data"):
        (tmp_path / folder).mkdir()
    (tmp_path / "log" / "17.log").touch()
    given = {name: value and value.format(root=tmp_path) for name, value in settings.items()}
    assert found(tmp_path, Server(settings=given)) == ALWAYS | expected


def test_tablespaces_and_links_of_the_data_directory_are_used(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "wal").mkdir()
    (tmp_path / "server.key").touch()
    (tmp_path / "data" / "pg_wal").symlink_to(tmp_path / "wal")
    (tmp_path / "data" / "server.key").symlink_to(tmp_path / "server.key")
    assert found(tmp_path, Server(tablespaces={"archive": "/srv/archive"})) == ALWAYS | {
        ("/srv/archive", "write", "tablespace archive"),
        ("~/wal", "write", "pg_wal"),
        ("~/server.key", "read", "server.key"),
    }
