# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which groups of tests begin first: the longest, so that none of them is left over when all else is done."""

from __future__ import annotations

#: Seconds that a group takes, roughly; groups that are not named here are short. build/timing.json has the seconds of each test.
WEIGHTS: dict[str, int] = {
    "backup-debian13": 900,
    "backup-debian12": 800,
    "monitoring-debian12": 600,
    "monitoring-debian13": 500,
    "other_hosts-test_without_systemd": 500,
    "bootstrap-debian12": 450,
    "bootstrap-debian13": 450,
    "other_hosts-test_pgdg": 450,
    "drift-debian13": 400,
    "faults-debian13": 350,
    "faults-debian12": 350,
    "other_hosts-test_memory_limit": 300,
    "other_hosts-test_cluster_name": 300,
    "other_hosts-test_existing_cluster": 250,
    "other_hosts-test_upgrade": 300,
    "other_hosts-test_oldest_core": 250,
    "drift-debian12": 250,
    "other_hosts-test_refusals": 200,
    "cis-debian12": 190,
    "cis-debian13": 130,
}
