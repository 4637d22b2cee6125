# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever may not is told how; whoever is root is not root any more."""

from __future__ import annotations

import os
import pwd
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import owner
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

ME = pwd.getpwuid(os.geteuid()).pw_name


def cluster(owned_by: str) -> Cluster:
    return Cluster(17, "main", 5432, True, owned_by, "/data", "/etc", "/log", "/run")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be done to this process."""
    done: list[Any] = []
    for name in ("initgroups", "setgid", "setuid", "chdir", "umask"):
        monkeypatch.setattr(os, name, lambda *given, name=name: done.append((name, *given)))
    for name in ("HOME", "USER", "LOGNAME"):
        monkeypatch.setenv(name, "root")
    account = pwd.struct_passwd(("postgres", "x", 111, 222, "", "/var/lib/postgresql", "/bin/bash"))
    known = {"postgres": account, "root": pwd.getpwnam("root"), ME: pwd.getpwnam(ME)}
    monkeypatch.setattr(pwd, "getpwnam", lambda name: known[name])
    return done


def become(monkeypatch: pytest.MonkeyPatch, *, uid: int, owned_by: str = "postgres") -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    owner.become_owner(cluster(owned_by), "pgsop backup", "use sudo")


def test_root_becomes_the_owner_for_good(monkeypatch: pytest.MonkeyPatch, calls: list[Any]) -> None:
    become(monkeypatch, uid=0)
    assert calls == [
        ("initgroups", "postgres", 222),
        ("setgid", 222),
        ("setuid", 111),
        ("chdir", "/"),
        ("umask", 0o077),
    ]
    told = [os.environ[name] for name in ("HOME", "USER", "LOGNAME")]
    assert told == ["/var/lib/postgresql", "postgres", "postgres"]


def test_owner_goes_on(monkeypatch: pytest.MonkeyPatch, calls: list[Any]) -> None:
    become(monkeypatch, uid=111)
    assert calls == [("chdir", "/"), ("umask", 0o077)]
    assert os.environ["HOME"] == "root"


@pytest.mark.parametrize("uid", [1000, 4_000_000])
def test_anybody_else_is_told_to_use_sudo(monkeypatch: pytest.MonkeyPatch, calls: list[Any], uid: int) -> None:
    with pytest.raises(PgsopError) as refused:
        become(monkeypatch, uid=uid)
    assert refused.value.next_step == "use sudo"
    assert calls == []


@pytest.mark.parametrize("owned_by", ["root", "12345"])
def test_nobody_becomes_an_owner_that_cannot_be(
    monkeypatch: pytest.MonkeyPatch, calls: list[Any], owned_by: str
) -> None:
    with pytest.raises(PgsopError, match="whether the data folder is mounted"):
        become(monkeypatch, uid=0, owned_by=owned_by)
    assert calls == []
