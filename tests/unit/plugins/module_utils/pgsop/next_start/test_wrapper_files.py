# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of environment and pg_ctl.conf as pg_ctlcluster reads them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start import wrapper_files
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start.wrapper_files import (
    wrapper_obstacles,
)


@pytest.mark.parametrize(
    ("line", "good"),
    [
        ("", True),
        ("  # a comment", True),
        ("pg_ctl_options = ''", True),
        ("pg_ctl_options = '-t 600 -o \"-c x=1\"'  # more", True),
        ("TZ = UTC", True),
        ("TZ UTC", True),
        ("PATH = '/usr/bin:/bin'", True),
        ("A = 'it''s'", True),
        ("A = 'it\\'s'", True),
        ("LC_ALL=de_DE.UTF-8", True),
        ("N = -1", True),
        ("export A=b", False),
        ("A = b c", False),
        ("A = 'b", False),
        ('A = "b"', False),
        ("A =", False),
        ("A = /usr/bin", False),
    ],
)
def test_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, good: bool) -> None:
    monkeypatch.setattr(wrapper_files, "is_packaged", lambda _folder: True)
    for name in ("environment", "pg_ctl.conf"):
        (tmp_path / name).write_text(f"# first\n{line}\n", encoding="utf-8")
        found = list(wrapper_obstacles(str(tmp_path)))
        assert [obstacle.name for obstacle in found] == [str(tmp_path / name)] * (not good)
        assert all("line 2" in obstacle.message for obstacle in found)
        (tmp_path / name).unlink()


def test_server_that_is_not_of_the_packages(tmp_path: Path) -> None:
    (tmp_path / "environment").write_text("export A=b\n", encoding="utf-8")
    assert list(wrapper_obstacles(str(tmp_path))) == []
