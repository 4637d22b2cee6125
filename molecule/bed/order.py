# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which groups of tests begin first: the longest, so that none of them is left over when all else is done."""

from __future__ import annotations

#: Seconds that a group takes, roughly; groups that are not named here are short. build/timing.json has the seconds of each test.
WEIGHTS: dict[str, int] = {
    "drift-debian13": 680,
    "backup-debian12": 660,
    "backup-debian13": 560,
    "monitoring-debian12": 550,
    "monitoring-debian13": 550,
    "drift-debian12": 480,
    "day2-debian13": 400,
    "monitoring-debian12-logins": 380,
    "monitoring-debian13-logins": 320,
    "day2-debian13-uninstall": 300,
    "day2-debian12-major": 250,
    "monitoring-debian12-next-start": 150,
    "monitoring-debian13-next-start": 150,
    "day2-test_readme": 250,
    "other_hosts-test_without_systemd": 340,
    "other_hosts-test_upgrade": 330,
    "other_hosts-test_pgdg": 310,
    "other_hosts-test_cluster_name": 260,
    "other_hosts-test_existing_cluster": 250,
    "faults-debian13": 190,
    "bootstrap-debian12": 180,
    "other_hosts-test_oldest_core": 170,
    "other_hosts-test_memory_limit": 160,
    "other_hosts-test_tarball": 130,
    "bootstrap-debian13": 120,
    "other_hosts-test_refusals": 110,
    "cis-debian12": 110,
    "cis-debian13": 60,
    "drift-debian12-moved": 100,
    "faults-debian12": 90,
    "other_hosts-test_ubuntu_facts": 70,
}
