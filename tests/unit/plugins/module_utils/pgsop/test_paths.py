# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a server's files are, and the modes they must have, with a server and without one."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import paths as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.files import group_name, user_name
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.paths import (
    ServerPaths,
    expected_modes,
    server_paths,
)

ME, MY_GROUP = user_name(os.getuid()), group_name(os.getgid())
MOVED = {
    "hba_file": "/srv/hba.conf",
    "ident_file": "ident.conf",
    "unix_socket_directories": "/run/a, @b",
    "ssl": "on",
    "ssl_key_file": "/k",
}


class Server(Session):
    """A session that answers with settings."""

    def __init__(self, settings: dict[str, str]) -> None:
        super().__init__(None)
        self.settings = settings

    def rows(self, statement: str, parameters: Any = ()) -> list[dict[str, str]]:
        return [{"value": self.settings[statement.split()[1]]}]


@pytest.fixture(name="cluster")
def _cluster(tmp_path: Path) -> Cluster:
    (tmp_path / "data" / "pg_tblspc").mkdir(parents=True)
    (tmp_path / "data" / "pg_wal").mkdir()
    configuration = str(tmp_path / "etc")
    return Cluster(17, "main", 5432, True, ME, f"{tmp_path}/data", configuration, f"{tmp_path}/17.log", "/run/x")


def ask(monkeypatch: pytest.MonkeyPatch, *, server: dict[str, str] | None, files: dict[str, str]) -> None:
    """A server that answers with settings or does not, and a program that reads settings from files."""

    @contextlib.contextmanager
    def connect(_cluster: Cluster) -> Iterator[Session]:
        if server is None:
            raise PgsopError(attempted="query the server", target="x", answer="refused", next_step="look")
        yield Server(server)

    def run(arguments: Sequence[str]) -> command.Answer:
        assert server is None, "a server that answers needs no program"
        name = arguments[-1]
        return command.Answer(0, f"{files[name]}\n", "") if name in files else command.Answer(1, "", "denied")

    monkeypatch.setattr(module, "connect", connect)
    monkeypatch.setattr(command, "run", run)


@pytest.mark.parametrize(("server", "files"), [(MOVED, {}), (None, MOVED)], ids=["running", "stopped"])
def test_paths_are_those_of_the_server_or_of_its_configuration(
    monkeypatch: pytest.MonkeyPatch, cluster: Cluster, server: dict[str, str] | None, files: dict[str, str]
) -> None:
    ask(monkeypatch, server=server, files=files)
    found = server_paths(cluster)
    assert found.hba_file == "/srv/hba.conf"
    assert found.ident_file == f"{cluster.data_directory}/ident.conf"
    assert found.socket_directories == ("/run/a", "@b")
    assert found.tls_key_file == "/k"
    assert found.as_dict()["socket_directories"] == ["/run/a", "@b"]


def test_configuration_that_cannot_be_read_is_where_the_packages_put_it(
    monkeypatch: pytest.MonkeyPatch, cluster: Cluster
) -> None:
    ask(monkeypatch, server=None, files={})
    found = server_paths(cluster)
    assert found.hba_file == f"{cluster.config_directory}/pg_hba.conf"
    assert found.ident_file == f"{cluster.config_directory}/pg_ident.conf"
    assert found.socket_directories == ("/run/x",)
    assert found.tls_key_file == ""
    assert found.wal_directory == os.path.realpath(f"{cluster.data_directory}/pg_wal")


def test_wal_and_tablespaces_are_where_their_links_lead(
    monkeypatch: pytest.MonkeyPatch, cluster: Cluster, tmp_path: Path
) -> None:
    ask(monkeypatch, server=MOVED | {"ssl": "off"}, files={})
    data = Path(cluster.data_directory)
    for name, link in (("wal", data / "pg_wal"), ("space", data / "pg_tblspc" / "16400")):
        (tmp_path / name).mkdir()
        if link.is_dir():
            link.rmdir()
        link.symlink_to(tmp_path / name)
    found = server_paths(cluster)
    assert (found.wal_directory, found.tablespaces) == (str(tmp_path / "wal"), (str(tmp_path / "space"),))
    assert found.tls_key_file == "", "TLS is off"
    modes = {item["path"]: item["mode"] for item in expected_modes(found, ME)}
    assert modes[found.wal_directory] == modes[str(tmp_path / "space")] == modes[cluster.data_directory] == "0700"


@pytest.fixture(name="there")
def _there(tmp_path: Path) -> ServerPaths:
    """A server whose files exist; those of the configuration, of the home and the log are where the packages put them."""
    for folder in ("d/pg_wal", "c/conf.d", "home"):
        (tmp_path / folder).mkdir(parents=True)
    for name in (
        "c/postgresql.conf",
        "c/environment",
        "c/pg_ctl.conf",
        "h",
        "i",
        "l",
        "home/.psql_history",
        "home/.pgpass",
    ):
        (tmp_path / name).touch()
    data, configuration = str(tmp_path / "d"), str(tmp_path / "c")
    return ServerPaths(
        data_directory=data,
        config_directory=configuration,
        config_file=f"{configuration}/postgresql.conf",
        hba_file=f"{tmp_path}/h",
        ident_file=f"{tmp_path}/i",
        log_file=f"{tmp_path}/l",
        wal_directory=f"{data}/pg_wal",
        tablespaces=(),
        socket_directories=(),
        tls_key_file="",
        home=f"{tmp_path}/home",
    )


def test_modes_are_those_of_the_packages_or_tighter(tmp_path: Path, there: ServerPaths) -> None:
    found = {os.path.relpath(item["path"], tmp_path): item for item in expected_modes(there, ME)}
    assert {path: item["mode"] for path, item in found.items()} == {
        "c": "0755",
        "c/conf.d": "0755",
        "c/postgresql.conf": "0644",
        "h": "0640",
        "i": "0640",
        "c/environment": "0644",
        "c/pg_ctl.conf": "0644",
        "d": "0700",
        "home/.psql_history": "0600",
        "home/.pgpass": "0600",
        "l": "0640",
    }
    assert {item["owner"] for item in found.values()} == {ME}
    assert found["l"]["group"] == "adm"
    assert found["d"]["group"] == MY_GROUP


def test_log_that_is_no_file_has_no_mode(there: ServerPaths) -> None:
    assert all(item["group"] != "adm" for item in expected_modes(replace(there, log_file=""), ME))


@pytest.mark.skipif(os.getuid() != 0, reason="gives files to another user")
def test_owner_is_given_only_what_the_packages_made_for_it(tmp_path: Path, there: ServerPaths) -> None:
    other = "nobody"
    wal = tmp_path / "host"
    wal.mkdir()
    paths = replace(there, wal_directory=str(wal))
    found = {os.path.relpath(item["path"], tmp_path) for item in expected_modes(paths, other)}
    assert found == {
        "c",
        "c/conf.d",
        "c/postgresql.conf",
        "c/environment",
        "c/pg_ctl.conf",
        "home/.psql_history",
        "home/.pgpass",
    }
    shutil.chown(wal, other)
    assert str(wal) in {item["path"] for item in expected_modes(paths, other)}


@pytest.mark.skipif(os.getuid() != 0, reason="makes links of another user")
def test_link_of_another_user_than_root_leads_to_nothing_that_is_given_away(tmp_path: Path, there: ServerPaths) -> None:
    secret = tmp_path / "secret"
    secret.touch()
    link = tmp_path / "home" / ".pgpass"
    link.unlink()
    link.symlink_to(secret)
    assert str(secret) in {item["path"] for item in expected_modes(there, "nobody")}, "a link of root's is followed"
    os.chown(link, 65534, 65534, follow_symlinks=False)
    assert {str(secret), str(link)} & {item["path"] for item in expected_modes(there, "nobody")} == set()


@pytest.mark.parametrize(
    ("mode", "of_root", "of_another"),
    [
        (0o600, None, None),
        (0o400, None, None),
        (0o640, None, "0600"),
        (0o660, "0640", "0600"),
        (0o644, "0640", "0600"),
        (0o700, "0640", "0600"),
    ],
)
def test_private_key_that_is_too_open_is_closed(
    tmp_path: Path, there: ServerPaths, mode: int, of_root: str | None, of_another: str | None
) -> None:
    key = tmp_path / "server.key"
    key.touch()
    key.chmod(mode)
    if os.getuid() == 0:
        os.chown(key, 0, 12345)
    found = [
        item["mode"] for item in expected_modes(replace(there, tls_key_file=str(key)), ME) if item["path"] == str(key)
    ]
    assert found == [*filter(None, [of_root if os.getuid() == 0 else of_another])]
    if os.getuid() == 0:
        os.chown(key, 12345, 12345)
        items = expected_modes(replace(there, tls_key_file=str(key)), ME)
        assert [item for item in items if item["path"] == str(key)] == [
            {"path": str(key), "owner": "12345", "group": "12345", "mode": text} for text in [of_another] if text
        ]
