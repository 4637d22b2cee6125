# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that all databases share and that database postgres does not accept."""

from __future__ import annotations

from typing import Any, cast

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.shared import find_shared
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session

VALID: dict[str, Any] = {"comment": "Bücher", "settings": [{"name": "x", "value": "é"}], "labels": []}
#: What is changed, the roles, and the kinds of the obstacles.
CASES: list[tuple[dict[str, Any], list[str], list[str]]] = [
    ({}, ["app", "é"], []),
    ({"comment": None}, [], []),
    ({"comment": "B\udcfccher"}, [], ["database"]),
    ({"settings": [{"name": "x", "value": "\udce9"}]}, [], ["database"]),
    ({}, ["app", "r_\udce9"], ["role"]),
    ({"comment": "\udce9"}, ["r_\udce9"], ["role", "database"]),
]


class Postgres:
    """Database postgres."""

    def __init__(self, encoding: str) -> None:
        self.encoding = encoding

    def value(self, _statement: str) -> str:
        return self.encoding


@pytest.mark.parametrize("encoding", ["UTF8", "SQL_ASCII"])
@pytest.mark.parametrize(("changes", "roles", "kinds"), CASES)
def test_what_a_restore_cannot_write(
    encoding: str, changes: dict[str, Any], roles: list[str], kinds: list[str]
) -> None:
    shared = cast(Session, Postgres(encoding))
    found = find_shared(shared, "appdb", {**VALID, **changes}, roles)
    assert [obstacle.kind for obstacle in found] == (kinds if encoding == "UTF8" else [])
