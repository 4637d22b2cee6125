# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of an HBA file that a start refuses, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.next_start.hba_file import hba_obstacles

GOOD = "# comment\nlocal all all peer\nhost all all 127.0.0.1/32 scram-sha-256\n"


@pytest.mark.parametrize(
    ("text", "version", "wrong"),
    [
        (GOOD, 17, 0),
        (f"{GOOD}lokal all all peer\n", 17, 1),
        (f"{GOOD}local all all\n", 17, 1),
        (f"{GOOD}include_dir more\n", 17, 0),
        (f"{GOOD}include_dir more\n", 15, 1),
        ("# nothing\n", 17, 1),
    ],
)
def test_lines(tmp_path: Path, text: str, version: int, wrong: int) -> None:
    path = tmp_path / "pg_hba.conf"
    path.write_text(text, encoding="utf-8")
    assert len(list(hba_obstacles(str(path), version))) == wrong


def test_file_that_is_not_there() -> None:
    (obstacle,) = hba_obstacles("/nowhere/pg_hba.conf", 17)
    assert "/nowhere/pg_hba.conf" in obstacle.message
