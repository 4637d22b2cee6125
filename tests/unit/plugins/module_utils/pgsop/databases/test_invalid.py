# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statement that completes an interrupted DROP DATABASE."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.invalid import remedy, sentence


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("shop", "DROP DATABASE shop"),
        ('half "gone"', 'DROP DATABASE "half ""gone"""'),
        ("user", 'DROP DATABASE "user"'),
    ],
)
def test_statement_names_the_database(name: str, statement: str) -> None:
    assert remedy(name) == statement
    assert name in sentence(name)
