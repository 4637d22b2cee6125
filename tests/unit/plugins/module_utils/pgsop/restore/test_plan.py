# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a restored database that is not what was dumped."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import Plan, differs
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    dump_of,
    stored_of,
)

PLAN = Plan(stored_of(1), dump_of("appdb"), {}, {}, ("app",), 17, 17)


def test_many_differences_are_counted() -> None:
    error = differs(PLAN, [f"table t{number} is missing" for number in range(13)])
    assert "table t9 is missing; and 3 more" in str(error)
