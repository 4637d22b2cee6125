# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cluster, as whom, and by what way."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import cluster_choice
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import target
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError, ServerError

MAIN = Cluster(17, "main", 5432, True, "postgres", "/d", "/c", "/l", "/var/run/postgresql")
OLD = Cluster(15, "old", 5433, True, "postgres", "/d", "/c", "/l", "/var/run/postgresql")


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whom this process has become."""
    done: list[Any] = []
    monkeypatch.setattr(target, "become_owner", lambda cluster, *_words: done.append(cluster))
    there(monkeypatch, MAIN)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(target, "user_name", lambda _uid: "root")
    monkeypatch.setattr(target, "CONFIG_FILE", "/nowhere/health.json")
    return done


def there(monkeypatch: pytest.MonkeyPatch, *clusters: Cluster) -> None:
    monkeypatch.setattr(target, "list_clusters", lambda: list(clusters))
    monkeypatch.setattr(cluster_choice, "list_clusters", lambda: list(clusters))

    def required(version: int, name: str, *, attempted: str) -> Cluster:
        for cluster in clusters:
            if (cluster.version, cluster.name) == (version, name):
                return cluster
        raise PgsopError(attempted=attempted, target=f"{version}/{name}", answer="none", next_step="make it")

    monkeypatch.setattr(target, "get_cluster", required)


def asked(config: str = "/nowhere/health.json", cluster: str = "", dsn: str = "") -> argparse.Namespace:
    return argparse.Namespace(command="health", config=config, cluster=cluster, dsn=dsn)


def test_root_becomes_the_owner(became: list[Any]) -> None:
    found = target.find_target(asked())
    assert found == (MAIN, "postgres", "", "/nowhere/health.json", False)
    assert became == []
    target.become_target_owner(found, asked())
    assert became == [MAIN]


def test_any_other_user_connects_as_the_role_of_that_name(became: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(target, "user_name", lambda _uid: "o'neil")
    found = target.find_target(asked())
    assert found.dsn == "host=/var/run/postgresql port=5432 user=o\\'neil"
    assert target.find_target(asked(dsn="host=localhost")).dsn == "host=localhost"
    target.become_target_owner(found, asked())
    assert became == []


def test_the_owner_connects_as_the_owner(became: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 101)
    monkeypatch.setattr(target, "user_name", lambda _uid: "postgres")
    assert target.find_target(asked()).dsn == ""


def test_what_is_configured_counts_for_the_cluster_it_names(
    became: list[Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    there(monkeypatch, MAIN, OLD)
    path = tmp_path / "health.json"
    path.write_text('{"version": 17, "database": "shop"}', encoding="utf-8")
    assert target.find_target(asked(str(path))) == (MAIN, "shop", "", str(path), False)
    assert target.find_target(asked(str(path), "17/main")) == (MAIN, "shop", "", str(path), False)
    assert target.find_target(asked(str(path), "15/old")) == (OLD, "postgres", "", str(path), False)


def test_a_cluster_can_be_named_if_none_is_configured(became: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    there(monkeypatch, MAIN, OLD)
    assert target.find_target(asked(cluster="15/old")).cluster == OLD


@pytest.mark.parametrize(
    ("clusters", "arguments", "told"),
    [
        ((), asked(), "it has no cluster of PostgreSQL"),
        ((MAIN, OLD), asked(), "it has several clusters: 17/main, 15/old"),
        ((MAIN,), asked(cluster="main"), "that is no cluster's label"),
        ((MAIN,), asked(cluster="16/main"), "none"),
        ((MAIN,), asked("/nowhere/other.json"), "there is no such file"),
    ],
)
def test_refusals(
    became: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    clusters: tuple[Cluster, ...],
    arguments: argparse.Namespace,
    told: str,
) -> None:
    there(monkeypatch, *clusters)
    with pytest.raises(PgsopError) as refused:
        target.find_target(arguments)
    assert told in refused.value.answer
    assert became == []


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql:/monitor:canary@localhost/postgres",
        '"postgresql://monitor:canary@localhost/postgres"',
        "host=localhost;user=monitor;password=canary",
        "host=localhost user=monitor password=a canary",
        "canary",
    ],
)
def test_a_way_in_that_cannot_be_read_is_not_repeated(became: list[Any], dsn: str) -> None:
    with pytest.raises(PgsopError) as refused:
        target.find_target(asked(dsn=dsn))
    assert refused.value.target == "option dsn"
    assert "canary" not in str(refused.value)
    assert became == []


REFUSED = 'connection failed: FATAL:  no pg_hba.conf entry for host "[local]", user "alice", database "postgres"'
CLOSED = (
    'connection failed: FATAL:  permission denied for database "postgres" DETAIL: User does not have CONNECT privilege.'
)
SUDO = "run it with sudo: sudo pgsop activity --limit 5"
GRANT = "sudo -u postgres psql -p 5432 -c 'GRANT CONNECT ON DATABASE postgres TO alice'"


@pytest.fixture(name="as_user")
def _as_user(became: list[Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that returns the next step of a user, after an answer of the server."""

    def as_user(name: str, answer: str, *, cluster: Cluster = MAIN, dsn: str = "") -> str:
        there(monkeypatch, cluster)
        monkeypatch.setattr(os, "geteuid", lambda: 0 if name == "root" else 1000)
        monkeypatch.setattr(target, "user_name", lambda _uid: name)
        arguments = asked(dsn=dsn)
        arguments.typed = ["activity", "--limit", "5"]
        found = target.find_target(arguments)
        with pytest.raises(ServerError) as refused, target.advised(found, arguments):
            raise ServerError(attempted="query", target="it", answer=answer, next_step="systemctl status", code="28000")
        assert (refused.value.answer, refused.value.code) == (answer, "28000")
        return refused.value.next_step

    return as_user


@pytest.mark.parametrize("answer", [REFUSED, "keine Berechtigung", "canceling statement due to statement timeout"])
def test_next_step_of_an_ordinary_user_is_sudo_with_the_command_that_was_typed(as_user: Any, answer: str) -> None:
    assert as_user("alice", answer) == SUDO


def test_missing_connect_is_named(as_user: Any) -> None:
    assert as_user("alice", CLOSED) == f"grant the role CONNECT on database postgres: {GRANT}; or {SUDO}"


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("root", {}),
        ("postgres", {}),
        ("alice", {"dsn": "host=localhost user=mon"}),
        # A server that does not run is no matter of rights.
        ("alice", {"cluster": Cluster(17, "main", 5432, False, "postgres", "/d", "/c", "/l", "/s")}),
    ],
)
def test_nobody_else_is_sent_to_sudo(as_user: Any, name: str, more: dict[str, Any]) -> None:
    assert as_user(name, REFUSED, **more) == "systemctl status"
