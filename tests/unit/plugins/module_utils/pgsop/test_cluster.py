# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters, from what pg_lsclusters --json printed on real hosts (configuration maps shortened)."""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import cluster as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import (
    Cluster,
    config_directory,
    find_cluster,
    get_cluster,
    list_clusters,
    unit_name,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

#: postgresql-common 248+deb12u2, Debian 12, running.
DEBIAN_12 = (
    '[{"owneruid":101,"configuid":101,"ownergid":104,"logfile":"/var/log/postgresql/postgresql-15-main.log",'
    '"configdir":"/etc/postgresql/15/main","cluster":"main","start":"auto","config":{"max_connections":"100","ssl":"on",'
    '"port":"5432","data_directory":"/var/lib/postgresql/15/main"},"socketdir":"/var/run/postgresql","version":"15",'
    '"running":1,"port":"5432","pgdata":"/var/lib/postgresql/15/main"}]'
)
#: postgresql-common 278, Debian 13, down; it has configfile too.
DEBIAN_13 = (
    '[{"configdir":"/etc/postgresql/17/main","socketdir":"/var/run/postgresql","start":"auto","ownergid":102,"port":"5432",'
    '"configuid":100,"config":{"shared_buffers":"128MB","log_line_prefix":"%m [%p] %q%u@%d "},'
    '"logfile":"/var/log/postgresql/postgresql-17-main.log","cluster":"main","owneruid":100,"running":0,'
    '"pgdata":"/var/lib/postgresql/17/main","version":"17","configfile":"/etc/postgresql/17/main/postgresql.conf"}]'
)
#: Its data folder is gone: the owner is null.
NO_DATA = (
    '[{"owneruid":null,"port":"5433","config":{"data_directory":"/x"},"start":"auto","socketdir":"/var/run/postgresql",'
    '"configuid":100,"cluster":"old","running":0,"ownergid":null,"pgdata":"/x",'
    '"logfile":"/var/log/postgresql/postgresql-14-old.log","version":"14","configdir":"/etc/postgresql/14/old"}]'
)
#: Its postgresql.conf names no data folder and no port, its programs are not installed: no owner at all, the port a number.
NO_DIRECTORY = (
    '[{"port":5432,"configfile":"/etc/postgresql/14/old/postgresql.conf","socketdir":"/var/run/postgresql","running":1,'
    '"cluster":"old","configuid":0,"start":"auto","logfile":"/var/log/postgresql/postgresql-14-old.log","version":"14",'
    '"configdir":"/etc/postgresql/14/old","pgdata":null,"binaries_missing":1,"config":{}}]'
)
#: Its postgresql.conf is empty, as for a moment while pg_createcluster writes it: nearly nothing is told.
NO_CONFIGURATION = (
    '[{"configuid":0,"configdir":"/etc/postgresql/14/old","cluster":"old","version":"14","config":{},"pgdata":null}]'
)
NAMES = {100: "postgres", 101: "postgres"}


@pytest.fixture(name="answer")
def _answer(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Sequence[str]]]:
    """Have pg_lsclusters say something; returns the calls made."""
    monkeypatch.setattr(module, "user_name", lambda uid: NAMES.get(uid, str(uid)))

    def say(output: str, status: int = 0, errors: str = "") -> list[Sequence[str]]:
        calls: list[Sequence[str]] = []

        def run(arguments: Sequence[str], **_more: object) -> command.Answer:
            calls.append(arguments)
            return command.Answer(status, output, errors)

        monkeypatch.setattr(command, "run", run)
        return calls

    return say


EXPECTED_12 = Cluster(
    version=15,
    name="main",
    port=5432,
    running=True,
    owner="postgres",
    data_directory="/var/lib/postgresql/15/main",
    config_directory="/etc/postgresql/15/main",
    log_file="/var/log/postgresql/postgresql-15-main.log",
    socket_directory="/var/run/postgresql",
)
EXPECTED_13 = replace(
    EXPECTED_12,
    version=17,
    running=False,
    data_directory="/var/lib/postgresql/17/main",
    config_directory="/etc/postgresql/17/main",
    log_file="/var/log/postgresql/postgresql-17-main.log",
)


@pytest.mark.parametrize(("output", "expected"), [(DEBIAN_12, EXPECTED_12), (DEBIAN_13, EXPECTED_13)])
def test_cluster_is_read_from_what_the_host_prints(answer: Callable[..., Any], output: str, expected: Cluster) -> None:
    calls = answer(output)
    assert list_clusters() == [expected]
    assert calls == [["pg_lsclusters", "--json"]]


@pytest.mark.parametrize("output", ["", "[]", "[]\n"])
def test_host_without_clusters_has_none(answer: Callable[..., Any], output: str) -> None:
    answer(output)
    assert list_clusters() == []


def test_host_without_postgresql_common_has_none(answer: Callable[..., Any]) -> None:
    answer("", command.NOT_FOUND, "pg_lsclusters: not found")
    assert list_clusters() == []


@pytest.mark.parametrize(
    ("output", "status", "errors", "words"),
    [
        ("", 1, "Error: invalid line 3 in postgresql.conf", "invalid line 3"),
        ("", 124, "pg_lsclusters: no answer within 60 s", "no answer within 60 s"),
        ("Ver Cluster Port", 0, "", "Ver Cluster Port"),
        ("[{", 0, "", "list the clusters"),
        ("", 2, "", "exit status 2"),
        (DEBIAN_12, 1, "broken", "broken"),
    ],
)
def test_failure_is_told_with_what_was_said(
    answer: Callable[..., Any], output: str, status: int, errors: str, words: str
) -> None:
    answer(output, status, errors)
    with pytest.raises(PgsopError, match=words) as failed:
        list_clusters()
    assert failed.value.target == "pg_lsclusters --json"


def test_perl_warnings_on_standard_error_do_no_harm(answer: Callable[..., Any]) -> None:
    answer(DEBIAN_12, 0, "perl: warning: Setting locale failed.")
    assert list_clusters() == [EXPECTED_12]


@pytest.mark.parametrize(("output", "port"), [(NO_DATA, 5433), (NO_DIRECTORY, 5432), (NO_CONFIGURATION, 5432)])
def test_cluster_without_its_data_does_not_hide_the_others(answer: Callable[..., Any], output: str, port: int) -> None:
    """What is left when somebody removes /var/lib/postgresql/14/old by hand."""
    answer(output[:-1] + "," + DEBIAN_12[1:])
    broken, mine = list_clusters()
    assert mine == EXPECTED_12
    assert (broken.label, broken.port, broken.pid) == ("14/old", port, None)
    assert broken.data_directory != "None"


def test_what_is_missing_has_debians_defaults(answer: Callable[..., Any]) -> None:
    answer('[{"version":"9.6","cluster":"main","port":5433,"pgdata":"/d","running":"1"}]')
    assert list_clusters() == [
        Cluster(9, "main", 5433, True, "postgres", "/d", "/etc/postgresql/9/main", "", "/var/run/postgresql")
    ]


@pytest.mark.parametrize(
    ("version", "name", "expected"),
    [(15, "main", EXPECTED_12), (17, "main", EXPECTED_13), (16, "main", None), (15, "Main", None), (15, "", None)],
)
def test_cluster_is_found_by_version_and_name(
    answer: Callable[..., Any], version: int, name: str, expected: Cluster | None
) -> None:
    answer(DEBIAN_12[:-1] + "," + DEBIAN_13[1:])
    assert find_cluster(version, name) == expected


def test_cluster_that_is_needed_is_there_or_the_others_are_named(answer: Callable[..., Any]) -> None:
    answer(DEBIAN_12)
    assert get_cluster(15, "main", attempted="look") == EXPECTED_12
    with pytest.raises(PgsopError, match=r"Cannot look \(cluster 16/main\): .* this host, which has 15/main"):
        get_cluster(16, "main", attempted="look")
    answer("[]")
    with pytest.raises(PgsopError, match="this host has no cluster"):
        get_cluster(15, "main", attempted="look")


def test_unit_is_the_instances_own() -> None:
    assert EXPECTED_12.unit == unit_name(15, "main") == "postgresql@15-main.service"
    assert EXPECTED_12.label == "15/main"
    assert config_directory(15, "main") == EXPECTED_12.config_directory


@pytest.mark.parametrize(
    ("content", "expected"),
    [("4711\n/var/lib/postgresql\n", 4711), ("-4711\n", -4711), ("", None), ("x\n", None), (None, None)],
)
def test_process_is_the_first_line_of_its_file(tmp_path: Path, content: str | None, expected: int | None) -> None:
    if content is not None:
        (tmp_path / "postmaster.pid").write_text(content, encoding="utf-8")
    assert replace(EXPECTED_12, data_directory=str(tmp_path)).pid == expected


def test_owner_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    me = pwd.getpwuid(os.getuid())
    output = DEBIAN_12.replace('"owneruid":101', f'"owneruid":{me.pw_uid}')
    monkeypatch.setattr(command, "run", lambda _arguments: command.Answer(0, output, ""))
    assert list_clusters()[0].owner == me.pw_name


@pytest.mark.parametrize(
    ("running", "noted", "expected"),
    [
        (1, "12\n/d\n1\n5432\n/run/old\n", (5432, 5433, "/run/old")),
        (1, "12\n/d\n1\n5432\n\n", (5432, 5433, "/srv/x")),
        (1, "12\n", (5433, 5433, "/srv/x")),
        (1, None, (5433, 5433, "/srv/x")),
        (0, "12\n/d\n1\n5432\n/run/old\n", (5433, 5433, "/srv/x")),
    ],
    ids=["changed since the start", "no socket", "just starting", "not readable", "stopped"],
)
def test_running_server_is_where_it_has_noted_itself(
    tmp_path: Path,
    answer: Callable[..., list[Sequence[str]]],
    running: int,
    noted: str | None,
    expected: tuple[int, int, str],
) -> None:
    if noted is not None:
        (tmp_path / "postmaster.pid").write_text(noted, encoding="ascii")
    configured = {"version": "17", "cluster": "main", "pgdata": str(tmp_path), "running": running, "port": "5433"}
    # As ALTER SYSTEM writes a list, and postgresql-common 278 passes it on.
    answer(json.dumps([configured | {"socketdir": '"/srv/x", "/srv/y"'}]))
    (found,) = list_clusters()
    assert (found.port, found.configured_port, found.socket_directory) == expected
