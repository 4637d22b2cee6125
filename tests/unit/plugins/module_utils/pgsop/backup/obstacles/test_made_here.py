# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that a body creates itself."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.made_here import made_here
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.sql_text import tokens


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("WITH a AS (SELECT 1), b (x, y) AS MATERIALIZED (SELECT 2) SELECT * FROM a, b, c", {"a", "b"}),
        ("CREATE TEMPORARY TABLE IF NOT EXISTS passing (a int); SELECT * FROM passing, lasting", {"passing"}),
        ("SELECT a AS b FROM t AS u", set()),
    ],
)
def test_names_of_queries_and_tables_of_the_body(body: str, names: set[str]) -> None:
    assert made_here(tokens(body)) & {"a", "b", "c", "passing", "lasting", "t", "u"} == names
