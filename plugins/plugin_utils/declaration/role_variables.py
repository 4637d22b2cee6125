# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of all roles: options from their argument specs, defaults from their files."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.parsing.dataloader import DataLoader

ROLES = ("pg_install", "pg_hardening", "pg_tuning", "pg_bootstrap", "pg_backup", "pg_monitoring")
#: Variables that belong to no single role, with their argument specs.
SHARED: Mapping[str, Mapping[str, Any]] = {
    "postgresql_version": {"type": "int"},
    "pg_uninstall_clusters": {"type": "list", "elements": "str"},
    "pg_uninstall_backups": {"type": "bool"},
    "pg_uninstall_settings": {"type": "bool"},
    "pg_uninstall_repository": {"type": "bool"},
}
_FOLDER = Path(__file__).resolve().parents[3] / "roles"


@functools.cache
def options() -> Mapping[str, Mapping[str, Any]]:
    """Return the argument spec of each variable of each role, by its name."""
    found: dict[str, Mapping[str, Any]] = {}
    for role in ROLES:
        found |= _read(role, "meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    return found


@functools.cache
def defaults() -> Mapping[str, Any]:
    """Return the default of each variable of each role, by its name; templates are not evaluated."""
    found: dict[str, Any] = {}
    for role in ROLES:
        found |= _read(role, "defaults/main.yml")
    return found


@functools.cache
def computed() -> Mapping[str, Any]:
    """Return what the roles compute from their variables, by name; templates are not evaluated."""
    found: dict[str, Any] = {}
    for role in ROLES:
        if (_FOLDER / role / "vars" / "main.yml").exists():
            found |= _read(role, "vars/main.yml")
    return found


def _read(role: str, path: str) -> Any:
    return DataLoader().load_from_file(str(_FOLDER / role / path))
