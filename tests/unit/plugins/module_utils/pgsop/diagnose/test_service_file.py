# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connection services."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import service_file
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.os_user import OsUser
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


def somebody(home: Path, **environment: str) -> OsUser:
    account = pwd.getpwuid(os.geteuid())
    return OsUser(account.pw_name, account.pw_uid, account.pw_gid, str(home), environment)


def test_the_first_section_of_the_name(tmp_path: Path) -> None:
    path = tmp_path / ".pg_service.conf"
    path.write_text("# mine\n[a]\nhost=x\n#port=1\n[b]\nhost=y\nport=2\nhost=z\n[b]\nhost=no\n", encoding="utf-8")
    assert service_file.read("b", somebody(tmp_path)) == ({"host": "y", "port": "2"}, str(path))
    assert service_file.read("a", somebody(tmp_path))[0] == {"host": "x"}


def test_the_file_of_the_host_comes_second(tmp_path: Path) -> None:
    (tmp_path / "pg_service.conf").write_text("[a]\nhost=x\n[b]\nhost=host\n", encoding="utf-8")
    (tmp_path / "own").write_text("[a]\nhost=own\n", encoding="utf-8")
    who = somebody(tmp_path, PGSYSCONFDIR=str(tmp_path), PGSERVICEFILE=str(tmp_path / "own"))
    assert service_file.read("a", who)[0] == {"host": "own"}
    assert service_file.read("b", who)[0] == {"host": "host"}


def test_a_service_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(DsnError, match=r"there is no service 'c' in .*/\.pg_service\.conf or "):
        service_file.read("c", somebody(tmp_path))
