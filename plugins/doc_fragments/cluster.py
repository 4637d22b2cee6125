# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that name a cluster and say what may be done to it."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragments C(cluster) and C(cluster.restart)."""

    DOCUMENTATION = r"""
options:
  version:
    description:
      - Major version of the cluster, as in C(pg_lsclusters).
    type: int
    required: true
  cluster:
    description:
      - Name of the cluster, as in C(pg_lsclusters).
    type: str
    default: main
requirements:
  - Debian or Ubuntu with C(postgresql-common), where there is a cluster already.
  - C(python3-psycopg2) on the host, where there is a cluster already.
notes:
  - Run it as C(root). It takes the effective user id of the cluster's owner just for the moment of connecting, so peer
    authentication works without C(become_user).
"""

    RESTART = r"""
options:
  restart:
    description:
      - Whether the server may be restarted where a change comes into force only that way.
      - With V(never), the change is written and reported in RV(ignore:pending_restart).
    type: str
    choices:
      - allowed
      - never
    default: allowed
"""
