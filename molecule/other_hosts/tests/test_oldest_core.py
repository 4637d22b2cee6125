# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The oldest ansible-core that is promised makes of a host what today's makes of it.

Up to 2.18, ansible-core evaluates variables in lists and mappings before they are needed, turns JSON text into data, and passes templated
numbers on as text.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from bed.hosts import ROOT, script
from bed.plays import COLLECTIONS

if TYPE_CHECKING:
    from conftest import Container, PlayResult, PlayRunner

SITE = "aerovista.postgresql.site"
NXCORE = ROOT / "inventories" / "nxcore" / "group_vars" / "postgresql.yml"
#: Values as templates, numbers as text, and lists where the defaults have none.
DECLARED: dict[str, Any] = {
    "pg_install_port": "5432",
    "pg_tuning_memory_mb": "{{ 1024 * 2 }}",
    "pg_tuning_settings": {"work_mem": "2MB", "log_min_duration_statement": "{{ 250 * 4 }}", "jit": False},
    "pg_hardening_settings": {"log_statement": "{{ 'all' }}", "log_disconnections": False},
    "pg_hardening_hba_rules": [
        {"type": "local", "database": ["appdb"], "user": "appuser", "method": "scram-sha-256", "comment": "By socket."}
    ],
    "pg_hardening_sandbox_write_paths": ["/srv"],
    "pg_hardening_sandbox_directives": {"ProtectHome": "read-only", "LockPersonality": ""},
    "pg_backup_keep_days": "{{ 20 + 1 }}",
    "pg_backup_assertions": [{"database": "appdb", "sql": "SELECT true", "name": "answers"}],
    "pg_monitoring_thresholds": {"disk.space": {"warn": 70, "crit": 91}},
    "pg_monitoring_disabled": ["indexes.*"],
    "pg_monitoring_extra_checks": [
        {"name": "queue", "sql": "SELECT 1", "database": "appdb", "warn": 10, "crit": "{{ '20' }}"}
    ],
    "pg_bootstrap_roles": [
        {
            "name": "auditor",
            "password": "{{ '123456789012' }}",
            "connection_limit": "{{ 1 + 1 }}",
            "valid_until": "2030-01-01",
        }
    ],
}


@pytest.fixture(scope="module")
def declared() -> dict[str, Any]:
    """NXCore's own inventory, without its vault, and what it leaves at the defaults."""
    inventory: dict[str, Any] = yaml.safe_load(NXCORE.read_text(encoding="utf-8"))
    return inventory | DECLARED


@pytest.fixture(scope="module")
def bare(
    one_platform: str, with_packages: Callable[[str], str], fresh_container: Callable[..., Container]
) -> Container:
    return fresh_container(with_packages(one_platform))


@pytest.fixture(scope="module")
def converged(bare: Container, play: PlayRunner, declared: dict[str, Any]) -> PlayResult:
    """What the oldest core reports; it finds the connection plugin where today's has it."""
    env = {
        "PATH": f"{script('oldest_core', seconds=300)}:{os.environ['PATH']}",
        "ANSIBLE_COLLECTIONS_PATH": f"{ROOT / '.ansible' / 'collections'}:{COLLECTIONS}",
    }
    return play(SITE, on=bare, extra_vars=declared, env=env)


def test_the_oldest_core_converges(converged: PlayResult) -> None:
    assert converged.rc == 0, converged.output
    assert converged.changed > 0


@pytest.mark.usefixtures("converged")
def test_it_converged_to_the_same(bare: Container, play: PlayRunner, declared: dict[str, Any]) -> None:
    again = play(SITE, on=bare, check=True, diff=True, extra_vars=declared)
    assert (again.rc, again.changed) == (0, 0), again.output


@pytest.mark.usefixtures("converged")
def test_without_a_vault_nxcores_role_has_no_password(bare: Container) -> None:
    query = "SELECT rolname FROM pg_authid WHERE rolcanlogin AND rolpassword IS NULL AND rolname <> 'postgres'"
    assert bare.host.run("runuser -u postgres -- psql -AtXc %s", query).stdout.split() == ["appuser"]
