# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""On whose behalf."""

from __future__ import annotations

import os
import pwd

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.os_user import acting_as, get_os_user
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
NOBODY = pwd.getpwnam("nobody")


def test_myself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setenv("PGHOST", "x")
    found = get_os_user()
    assert found.uid == os.geteuid()
    assert found.environment["PGHOST"] == "x"


@ROOT
@pytest.mark.parametrize(("caller", "expected"), [("nobody", "nobody"), ("no-such-user", "root"), ("", "root")])
def test_whoever_called_sudo(monkeypatch: pytest.MonkeyPatch, caller: str, expected: str) -> None:
    monkeypatch.setenv("SUDO_USER", caller)
    assert get_os_user().name == expected


@ROOT
def test_the_environment_of_somebody_else_is_not_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "mine")
    monkeypatch.setenv("PGOPTIONS", "-c x=1")
    who = get_os_user("nobody")
    assert who.environment == {}
    with acting_as(who):
        assert not [name for name in os.environ if name.startswith("PG")]
    assert os.environ["PGPASSWORD"] == "mine"


@ROOT
def test_all_of_it_and_back() -> None:
    groups, home = [0], os.environ.get("HOME")
    os.setgroups(groups)
    with acting_as(get_os_user("nobody")):
        assert (os.geteuid(), os.getegid()) == (NOBODY.pw_uid, NOBODY.pw_gid)
        assert os.getgroups() == [NOBODY.pw_gid]
        assert os.environ["HOME"] == NOBODY.pw_dir
    assert (os.geteuid(), os.getegid(), os.getgroups(), os.environ.get("HOME")) == (0, 0, groups, home)


@ROOT
def test_back_after_a_failure() -> None:
    with pytest.raises(ZeroDivisionError), acting_as(get_os_user("nobody")):
        raise ZeroDivisionError
    assert os.geteuid() == 0


def test_what_is_resolved_here_is_hidden_from_libpq(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGPASSWORD", "PGSERVICE", "PGOPTIONS"):
        monkeypatch.setenv(name, "x")
    with acting_as(get_os_user()):
        assert {"PGPASSWORD", "PGSERVICE", "PGOPTIONS"} & set(os.environ) == {"PGOPTIONS"}
    assert os.environ["PGSERVICE"] == "x"


def test_nobody_knows_such_a_user() -> None:
    with pytest.raises(PgsopError, match="there is no such user"):
        get_os_user("no-such-user")


def test_only_root_may_be_somebody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: NOBODY.pw_uid)
    with pytest.raises(PgsopError, match="only root may do that"):
        get_os_user("root")
