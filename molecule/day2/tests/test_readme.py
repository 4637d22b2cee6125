# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of README.md to a real host, typed as it is written, by a user whose sudo asks for a password."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from bed.hosts import ROOT, platforms
from bed.recipes import INVENTORY, Controller

if TYPE_CHECKING:
    from conftest import Container

SUDO, VAULT, APPLICATION = "canary-Sudo-4be1", "canary-Vault-a017", "canary-Appuser-2b6c9e"
ANSWERS = {
    r"BECOME password:": SUDO,
    r"\[sudo[^\n]*\][^\n]*:": SUDO,
    r"(?:New |Confirm New )?[Vv]ault password:?(?: \([^)]*\))?:?": VAULT,
}
USER = f"""
useradd --create-home --shell /bin/bash ops
echo 'ops:{SUDO}' | chpasswd
echo 'ops ALL=(ALL:ALL) ALL' >/etc/sudoers.d/ops
"""
#: Plays the editor that ansible-vault opens.
EDITOR = f"""#!/bin/sh
echo 'vault_appuser_password: {APPLICATION}' >"$1"
"""


def commands() -> list[str]:
    """The blocks of the section, without the step's indentation."""
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## For a real host")[1].split("\n## ")[0]
    blocks = re.findall(r"^ *```bash\n(.*?)^ *```$", section, re.MULTILINE | re.DOTALL)
    return ["\n".join(line.strip() for line in block.splitlines()) for block in blocks]


@pytest.fixture(scope="module")
def typed(
    fresh_container: Callable[..., Container], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Container, Controller, list[str]]:
    """The host, the folder, and what each step has shown."""
    host = fresh_container(platforms()[0])
    host.host.check_output("sh -ec %s", USER)
    # On NXCore the connection is local; here the same user comes in by another way.
    folder = tmp_path_factory.mktemp("controller")
    controller = Controller(folder, host, connection={"ansible_user": "ops", "ansible_become": True})
    # How long an answer takes depends on what else this machine does.
    patience = {"pg_monitoring_thresholds": {"service.readiness": {"warn": 60}}}
    controller.write("group_vars/postgresql.yml", controller.variables | patience)
    editor = folder / "editor"
    editor.write_text(EDITOR, encoding="utf-8")
    editor.chmod(0o755)
    shown = []
    for block in commands():
        on_host = block.startswith("sudo ")
        text = f"docker exec -it -u ops {host.name} bash -ec '{block}'" if on_host else block
        shown.append(controller.type(text, ANSWERS, EDITOR=str(editor)))
    return host, controller, shown


def test_vault_is_encrypted_and_holds_the_password(typed: tuple[Container, Controller, list[str]]) -> None:
    _host, controller, _shown = typed
    vault = (controller.folder / INVENTORY / "host_vars" / "nxcore" / "vault.yml").read_text(encoding="utf-8")
    assert vault.startswith("$ANSIBLE_VAULT;")
    assert APPLICATION not in vault


def test_no_secret_was_shown(typed: tuple[Container, Controller, list[str]]) -> None:
    _host, _controller, shown = typed
    assert [secret for secret in (SUDO, VAULT, APPLICATION) if secret in "".join(shown)] == []


def test_application_logs_in(typed: tuple[Container, Controller, list[str]]) -> None:
    dsn = "host=localhost dbname=appdb user=appuser"
    login = "PGPASSWORD=%s psql -XAtq %s -c 'SELECT current_user'"
    assert typed[0].host.check_output(login, APPLICATION, dsn) == "appuser"


def test_check_changed_nothing_and_the_run_did(typed: tuple[Container, Controller, list[str]]) -> None:
    _host, _controller, (_make, _vault, check, run, _health) = typed
    assert "CREATE ROLE" in check
    assert re.search(r"changed=[1-9]\d* .*failed=0", run)


def test_first_backup_makes_the_host_well(typed: tuple[Container, Controller, list[str]]) -> None:
    assert "CRITICAL" not in typed[2][-1]
    assert typed[0].host.check_output("ls /var/backups/postgresql/latest/manifest.json")
