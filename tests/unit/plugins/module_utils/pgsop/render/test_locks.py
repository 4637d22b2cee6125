# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lock trees as lines, as wide as asked for, and in the colors of the caller."""

from __future__ import annotations

from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render.locks import lines
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.render.samples import (
    LOCKS,
    LOCKS_TEXT,
)


def marked(shown: str, status: str) -> str:
    return f"<{status}>{shown}" if status else shown


def test_nothing_is_cut_or_painted_by_default() -> None:
    assert list(lines(LOCKS)) == LOCKS_TEXT.splitlines()


def test_nodes_are_cut_at_the_width() -> None:
    assert "1 app shop web; idle in transaction 5..." in list(lines(LOCKS, 40))


def test_what_is_wrong_has_the_color_of_its_status() -> None:
    found = list(lines(LOCKS, paint=marked))
    assert found[0].endswith("<WARNING>2 sessions wait for a lock")
    assert "  shop: <WARNING>FAILED Knex (public.knex): it is locked" in found
    assert "  shop: <OK>FINISHED Prisma (public.knex): all is done" in found


def test_a_long_list_of_advisory_locks_ends_with_their_number() -> None:
    many: Any = {**LOCKS, "advisory": LOCKS["advisory"] * 12}
    found = list(lines(many))
    assert found.count("  shop: advisory lock 1, held by 9 app, idle") == 10
    assert "  and 2 more" in found
