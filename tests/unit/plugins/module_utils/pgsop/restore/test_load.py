# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What programs are told, and what they say."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.load import jobs


def test_jobs_are_as_many_as_declared_or_as_processors() -> None:
    assert jobs(BackupConfig(version=17, restore_jobs=3)) == 3
    assert jobs(BackupConfig(version=17)) >= 1
