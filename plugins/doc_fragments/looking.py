# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of modules that only look at a server."""

from __future__ import annotations


class ModuleDocFragment:
    """Fragments C(looking) and C(looking.verdict)."""

    DOCUMENTATION = r"""
options:
  version:
    description:
      - Major version of the cluster, as in C(pg_lsclusters). Without it, the cluster of C(/etc/pgsop/health.json), or the only one there is.
    type: int
  cluster:
    description:
      - Name of the cluster, with O(version).
    type: str
    default: main
  dsn:
    description:
      - Look as another role, for example one with C(pg_monitor) and nothing else, by this connection string of libpq.
      - The default is the cluster's owner, over the socket.
    type: str
requirements:
  - Debian or Ubuntu with C(postgresql-common).
  - C(python3-psycopg2) on the host.
notes:
  - Run it as C(root). It takes the effective user id of the cluster's owner for the moment of looking.
  - In check mode it does not fail on a host that has no server yet, so that it can stand behind the roles in a playbook.
"""

    VERDICT = r"""
options:
  fail_on:
    description:
      - V(critical) fails where a finding is C(CRITICAL) or C(UNKNOWN), V(warning) where it is anything but C(OK).
    type: str
    choices:
      - never
      - warning
      - critical
    default: never
"""
