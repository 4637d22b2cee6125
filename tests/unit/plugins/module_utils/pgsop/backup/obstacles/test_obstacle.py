# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An obstacle is kept in a manifest, and comes back from it."""

from __future__ import annotations

import json

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.obstacle import Obstacle


def test_obstacle_survives_json() -> None:
    obstacle = Obstacle("view", 's."V"', "it names a role that does not exist", "DROP VIEW")
    assert Obstacle(**json.loads(json.dumps(obstacle.as_dict()))) == obstacle
