# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that let the owner in again, run on files that were edited by hand."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba_rules.lockout import explain

RULE = "local all postgres peer\n"
TCP = "host all all 127.0.0.1/32 scram-sha-256"


@pytest.mark.parametrize(
    ("text", "repaired"),
    [
        (f"{TCP}\n", f"{RULE}{TCP}\n"),
        # Without the end of the last line, an appended rule would be a part of it.
        (TCP, f"{RULE}{TCP}"),
        ("# no rule", f"{RULE}# no rule"),
        ("local all all reject\n", f"{RULE}local all all reject\n"),
        ("", RULE),
        (None, RULE),
    ],
)
@pytest.mark.parametrize("linked", [False, True])
def test_command_puts_the_rule_into_the_file(tmp_path: Path, text: str | None, repaired: str, linked: bool) -> None:
    path = tmp_path / "pg_hba.conf"
    file = tmp_path / "elsewhere" if linked and text is not None else path
    if text is not None:
        file.write_text(text, encoding="utf-8")
    if file != path:
        path.symlink_to(file)
    cluster = Cluster(17, "main", 5432, True, "postgres", "/d", str(tmp_path), "/l", "/s")
    command = explain(cluster).remedy.partition("by hand: ")[2].rpartition(" && ")[0]
    subprocess.run(["sh", "-c", command.replace("sudo ", "")], check=True, stdout=subprocess.DEVNULL)
    assert file.read_text(encoding="utf-8") == repaired
    assert path.is_symlink() is (file != path)
