# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks that find no host end with one sentence, and not as if all were well."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLAYBOOKS = sorted(path.name for path in (ROOT / "playbooks").glob("*.yml"))


def run(playbook: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a playbook of this collection from the folder of the repository."""
    return subprocess.run(
        ["ansible-playbook", f"playbooks/{playbook}", *arguments],
        cwd=ROOT,
        env={**os.environ, "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("playbook", PLAYBOOKS)
@pytest.mark.parametrize("inventory", ["/nonexistent", "web1,"])
def test_no_host_in_the_group_fails(playbook: str, inventory: str) -> None:
    done = run(playbook, "-i", inventory)
    assert done.returncode == 2, done.stdout
    assert "No host is in group postgresql" in done.stdout.replace("\n        ", " ")
    assert "failed=1" in done.stdout


@pytest.mark.parametrize("playbook", ["site.yml", "check_health.yml"])
def test_no_host_of_the_group_within_the_limit_is_said(playbook: str, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts"
    inventory.write_text("[postgresql]\nnxcore\n[web]\nweb1\n", encoding="ascii")
    done = run(playbook, "-i", str(inventory), "--limit", "web1")
    assert "No host of group postgresql is among those" in done.stdout
