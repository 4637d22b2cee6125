# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of README.md to a real host, typed on that host as it is written, by a user whose sudo asks for a password."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from bed.hosts import ROOT, platforms
from bed.recipes import INVENTORY, type_on_terminal

if TYPE_CHECKING:
    from conftest import Container

SUDO, VAULT, APPLICATION = "canary-Sudo-4be1", "canary-Vault-a017", "canary-Appuser-2b6c9e"
ANSWERS = {
    r"BECOME password:": SUDO,
    r"\[sudo[^\n]*\][^\n]*:": SUDO,
    r"(?:New |Confirm New )?[Vv]ault password:?(?: \([^)]*\))?:?": VAULT,
}
REPOSITORY = "/home/ops/aerovista.postgresql"
#: What README.md takes for granted, but for git: the folder of the repository comes from this tree.
USER = f"""
apt-get update -qq
apt-get install -qq -y --no-install-recommends make
useradd --create-home --shell /bin/bash ops
echo 'ops:{SUDO}' | chpasswd
echo 'ops ALL=(ALL:ALL) ALL' >/etc/sudoers.d/ops
"""
#: Plays the editor that ansible-vault opens.
EDITOR = f"""#!/bin/sh
echo 'vault_appuser_password: {APPLICATION}' >"$1"
"""
#: How long an answer takes depends on what else this machine does.
PATIENCE = "pg_monitoring_thresholds: {service.readiness: {warn: 60}}\n"
STEP = "-- next step --"


def commands() -> list[str]:
    """The blocks of the section, without the step's indentation."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## For a real host")[1].split("\n## ")[0]
    blocks = re.findall(r"^ *```bash\n(.*?)^ *```$", section, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.strip() for line in block.splitlines()) for block in blocks]


def give(host: Container, data: bytes, *command: str) -> None:
    """Run a command of the user's with data on its standard input."""
    subprocess.run(["docker", "exec", "-i", "-u", "ops", host.name, *command], check=True, input=data)


def copy_repository(host: Container) -> None:
    """Put the files of this tree where a clone would be: those that git has, and new ones that it does not ignore."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True).stdout.split(b"\0")
    present = b"\0".join(name for name in names if name and (ROOT / name.decode()).exists())
    pack = ["tar", "-c", "--null", "-T", "-"]
    archive = subprocess.run(pack, cwd=ROOT, check=True, capture_output=True, input=present).stdout
    give(host, archive, "sh", "-c", f"mkdir {REPOSITORY} && tar -xC {REPOSITORY}")


@pytest.fixture(scope="module")
def typed(fresh_container: Callable[..., Container]) -> tuple[Container, list[str]]:
    """The host, and what each step has shown."""
    host = fresh_container(platforms()[0])
    host.host.check_output("sh -ec %s", USER)
    copy_repository(host)
    give(
        host,
        PATIENCE.encode(),
        "install",
        "-D",
        "/dev/stdin",
        f"{REPOSITORY}/{INVENTORY}/host_vars/nxcore/patience.yml",
    )
    give(host, EDITOR.encode(), "install", "-m", "755", "/dev/stdin", "/home/ops/editor")
    text = f"\necho {STEP}\n".join(commands())
    login = ["docker", "exec", "-it", "-u", "ops", "-w", REPOSITORY, "-e", "EDITOR=/home/ops/editor", host.name]
    return host, type_on_terminal([*login, "bash", "-ec", text], ANSWERS).split(STEP)


def test_vault_is_encrypted_and_holds_the_password(typed: tuple[Container, list[str]]) -> None:
    vault = typed[0].host.check_output(f"cat {REPOSITORY}/{INVENTORY}/host_vars/nxcore/vault.yml")
    assert vault.startswith("$ANSIBLE_VAULT;")
    assert APPLICATION not in vault


def test_no_secret_was_shown(typed: tuple[Container, list[str]]) -> None:
    assert [secret for secret in (SUDO, VAULT, APPLICATION) if secret in "".join(typed[1])] == []


def test_application_logs_in(typed: tuple[Container, list[str]]) -> None:
    dsn = "host=localhost dbname=appdb user=appuser"
    login = "PGPASSWORD=%s psql -XAtq %s -c 'SELECT current_user'"
    assert typed[0].host.check_output(login, APPLICATION, dsn) == "appuser"


def test_check_changed_nothing_and_the_run_did(typed: tuple[Container, list[str]]) -> None:
    _make, _vault, check, run, _health = typed[1]
    assert "CREATE ROLE" in check
    assert re.search(r"changed=[1-9]\d* .*failed=0", run)


def test_first_backup_makes_the_host_well(typed: tuple[Container, list[str]]) -> None:
    assert "CRITICAL" not in typed[1][-1]
    assert typed[0].host.check_output("ls /var/backups/postgresql/latest/manifest.json")
