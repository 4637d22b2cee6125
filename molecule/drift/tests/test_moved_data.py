# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data directory, WAL and the HBA file are in other places than the packages': those are managed, the old ones are not needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server
    from testinfra.host import Host

#: The files of this scenario take turns at the platforms, and this one leaves the host with its data elsewhere.
PLATFORM = "first"
HOST_COPY = "moved"

DATA, WAL, HBA = "/srv/pg/data", "/srv/wal", "/srv/pg/hba.conf"
MOVE = f"""
systemctl stop $unit
mkdir -p /srv/pg
mv $data {DATA}
mv {DATA}/pg_wal {WAL}
ln -s {WAL} {DATA}/pg_wal
mv $config/pg_hba.conf {HBA}
sed -i -e "s#^data_directory = .*#data_directory = '{DATA}'#" -e "s#^hba_file = .*#hba_file = '{HBA}'#" $config/postgresql.conf
rm $sandbox
systemctl daemon-reload
systemctl start $unit
chmod 0750 {DATA} {WAL}
chmod 0644 {HBA}
"""


@pytest.fixture(scope="module")
def roles(host: Host, server: Server, play: PlayRunner) -> Callable[[], PlayResult]:
    """The two roles that manage files, on a host whose data was moved."""
    names = f"config={server.config} data={server.data} sandbox={server.sandbox} unit={server.unit}"
    host.check_output("bash -euc %s", f"{names}\n{MOVE}")
    whole: dict[str, Any] = {
        "gather_facts": True,
        "gather_subset": ["!all", "!min", "distribution"],
        "roles": ["aerovista.postgresql.pg_install", "aerovista.postgresql.pg_hardening"],
    }
    return lambda: play(whole, on=host)


def test_modes_are_repaired_where_the_files_are(server: Server, roles: Callable[[], PlayResult]) -> None:
    first = roles()
    assert first.rc == 0, first.output
    assert {path: server.mode(path) for path in (DATA, WAL, HBA)} == {
        DATA: "postgres:postgres 0700",
        WAL: "postgres:postgres 0700",
        HBA: "postgres:postgres 0640",
    }
    assert not server.exists(server.data)
    assert f" -{DATA} -{WAL}\n" in server.read(server.sandbox)
    assert server.sql("CREATE TABLE written (); CHECKPOINT; SELECT pg_switch_wal() IS NOT NULL") == "t"
    second = roles()
    assert (second.rc, second.changed) == (0, 0), second.output


def test_stopped_server_starts_again_after_its_modes_are_repaired(
    host: Host, server: Server, roles: Callable[[], PlayResult]
) -> None:
    host.check_output(f"systemctl stop {server.unit} && chmod 0755 {DATA} && chmod 0644 {HBA}")
    assert roles().rc == 0
    assert server.mode(DATA) == "postgres:postgres 0700"
    assert server.mode(HBA) == "postgres:postgres 0640"
    assert server.sql("SELECT 1") == "1"


def test_module_reports_the_paths_of_the_server(
    host: Host, server: Server, run_module: Callable[..., dict[str, Any]]
) -> None:
    reported = run_module("pg_cluster_info", {"version": int(server.version)}, on=host)["cluster"]["paths"]
    assert reported["data_directory"] == server.show("data_directory") == DATA
    assert reported["hba_file"] == server.show("hba_file") == HBA
    assert reported["wal_directory"] == WAL


def test_folder_of_the_drop_in_is_open_whatever_the_umask(
    host: Host, server: Server, run_module: Callable[..., dict[str, Any]]
) -> None:
    folder = f"/etc/systemd/system/{server.unit}.d"
    arguments = {
        "version": int(server.version),
        "name": "pg_hardening",
        "directives": {"PrivateDevices": "yes"},
        "restart": "never",
    }
    host.check_output(f"rm -r {folder}")
    for expected in (True, False):
        done = run_module("pg_sandbox", arguments, on=host, umask="077")
        assert (done["failed"], done["changed"]) == (False, expected), done
        assert server.mode(folder) == "root:root 0755"
    host.check_output(f"chmod 0700 {folder}")
    assert run_module("pg_sandbox", arguments, on=host, umask="077")["actions"] == [f"chmod 0755 {folder}"]
    assert server.mode(folder) == "root:root 0755"
