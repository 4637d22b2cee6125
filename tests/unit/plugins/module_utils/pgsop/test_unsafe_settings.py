# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that put data at risk are in one list, and the statements that take them back are right for every name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.unsafe_settings import UNSAFE, Override

ROLE = Path(__file__).parents[5] / "roles" / "pg_hardening" / "vars" / "main.yml"


def test_role_manages_each_at_its_safe_value() -> None:
    declared: list[dict[str, Any]] = yaml.safe_load(ROLE.read_text(encoding="utf-8"))["__pg_hardening_safe"]
    assert {entry["name"]: entry["value"] for entry in declared} == {
        name: not risk for name, (risk, _outcome) in UNSAFE.items()
    }


@pytest.mark.parametrize(
    ("role", "database", "statement", "whom"),
    [
        ("", "", "ALTER ROLE ALL RESET fsync", "all roles"),
        ("app", "", "ALTER ROLE app RESET fsync", "role app"),
        ("", "shop", "ALTER DATABASE shop RESET fsync", "database shop"),
        ("App", "user", 'ALTER ROLE "App" IN DATABASE "user" RESET fsync', "role App in database user"),
    ],
)
def test_statement_takes_it_back(role: str, database: str, statement: str, whom: str) -> None:
    override = Override("fsync", "off", role, database)
    assert override.statement == statement
    assert override.message == f"fsync is off for {whom}: {UNSAFE['fsync'][1]}"
    assert override.as_dict() == {
        "name": "fsync",
        "value": "off",
        "role": role,
        "database": database,
        "message": override.message,
        "statement": statement,
    }
