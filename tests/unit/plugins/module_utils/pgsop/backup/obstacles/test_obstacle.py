# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An obstacle as the manifest keeps it."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles import Obstacle


def test_obstacle_has_all_keys() -> None:
    obstacle = Obstacle("index", "public.i", "it cannot be built", "DROP INDEX public.i")
    assert obstacle.as_dict() == {
        "kind": "index",
        "name": "public.i",
        "message": "it cannot be built",
        "hint": "DROP INDEX public.i",
    }
