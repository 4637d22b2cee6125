# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A database with obstacles, and what is found in it."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.find import find_obstacles
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles.obstacle import Obstacle
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.tests.servers.server import Server


def found(host: Server, script: str) -> list[Obstacle]:
    """All obstacles of a database that a script makes."""
    host.execute("CREATE DATABASE d TEMPLATE template0")
    host.execute(script, database="d")
    return remaining(host)


def remaining(host: Server) -> list[Obstacle]:
    """All obstacles of that database after a change."""
    with connect(host.cluster, "d") as session:
        session.execute("BEGIN")
        return list(find_obstacles(session))
