# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values read back from a drop-in."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings import dropin
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning import previous


def test_what_was_rendered_is_read_back() -> None:
    values = {"work_mem": "16MB", "max_connections": "100", "log_line_prefix": "%m 'q' [%p] "}
    assert previous.parse(dropin.render("pg_tuning", values, {"work_mem": "work_mem = '1MB' is too little"})) == values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("# work_mem = '1MB'", {}),
        ("Work_Mem = 16MB # mine", {"work_mem": "16MB"}),
        ("work_mem '16MB'", {"work_mem": "16MB"}),
        ("work_mem = '1MB'\nwork_mem = '2MB'", {"work_mem": "2MB"}),
        ("this is no setting at all", {}),
    ],
)
def test_lines_are_read_as_the_server_reads_them(text: str, expected: dict[str, str]) -> None:
    assert previous.parse(text) == expected
