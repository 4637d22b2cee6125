# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mistakes in an inventory that only the host can tell, and the words with which each is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VARIABLES: Mapping[str, Any] = {
    "pg_hardening_hba_pairs": [{"database": "appd", "role": "appusr"}],
    "pg_hardening_sandbox_directives": {"ProtectHoem": "yes"},
    "pg_hardening_sandbox_write_paths": ["/srv/nosuch"],
    "pg_hardening_settings": {"log_statment": "all"},
    "pg_tuning_settings": {"work_memm": "8MB"},
    "pg_tuning_memory_mb": 20_000_000,
    "pg_bootstrap_databases": [
        {
            "name": "shopdb",
            "schema": "shop",
            "locale": "xx_XX.UTF-8",
            "settings": {"timezone": "Mars", "tiemzone": "UTC"},
            "extensions": [{"name": "no_such_ext"}],
            "roles": {"app": {"name": "shopuser", "valid_until": "morgen", "password": "a secret of the test"}},
        }
    ],
    "pg_backup_copy_command": "/usr/bin/nosuch copy",
    "pg_backup_exclude": ["nosuchdb"],
}
#: In a sentence each, together with the name of the variable.
WORDS: tuple[tuple[str, str], ...] = (
    ("pg_hardening_hba_pairs", "appd"),
    ("pg_hardening_hba_pairs", "appusr"),
    ("pg_hardening_sandbox_directives", "ProtectHoem"),
    ("pg_hardening_sandbox_write_paths", "/srv/nosuch"),
    ("pg_hardening_settings", "log_statment"),
    ("pg_tuning_settings", "work_memm"),
    ("pg_tuning_memory_mb", "20000000"),
    ("pg_bootstrap_databases", "xx_XX.UTF-8"),
    ("pg_bootstrap_databases", "Mars"),
    ("pg_bootstrap_databases", "tiemzone"),
    ("pg_bootstrap_databases", "no_such_ext"),
    ("pg_bootstrap_databases", "morgen"),
    ("pg_backup_copy_command", "/usr/bin/nosuch"),
    ("pg_backup_exclude", "nosuchdb"),
)
#: Must be in no output.
CANARY = str(VARIABLES["pg_bootstrap_databases"][0]["roles"]["app"]["password"])


def unnamed(message: str) -> list[tuple[str, str]]:
    """The mistakes that no line of a refusal names."""
    lines = message.splitlines()
    return [words for words in WORDS if not any(all(word in line for word in words) for line in lines)]
