# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values set by hand, as numbers of the memory budget."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.settings.values import Parameter
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.tuning.overrides import amount


@pytest.mark.parametrize(
    ("name", "kind", "unit", "value", "expected"),
    [
        ("shared_buffers", "integer", "8kB", "2GB", 2 * 1024 * 1024),
        ("work_mem", "integer", "kB", "4MB", 4096),
        ("autovacuum_work_mem", "integer", "kB", -1, -1),
        ("max_connections", "integer", None, 150, 150),
        ("hash_mem_multiplier", "real", None, "2.5", 2.5),
    ],
)
def test_sizes_are_in_kb_and_factors_as_they_are(
    name: str, kind: str, unit: str | None, value: str | int, expected: float
) -> None:
    assert amount(Parameter(name, "0", kind, "user", unit=unit), value) == expected
