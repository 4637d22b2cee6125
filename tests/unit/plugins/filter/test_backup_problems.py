# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A configuration that the host command would refuse is told before a host is asked."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.filter.backup_problems import FilterModule, backup_problems


def test_shortest_configuration_has_no_problems() -> None:
    assert backup_problems({"version": 17}) == []


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        ({}, "version"),
        ({"version": 12}, "at least 13"),
        ({"version": 17, "jobs": 0}, "pg_backup_jobs is 0"),
        (
            {"version": 17, "directory": "/var/backups"},
            "pg_backup_directory is '/var/backups', which belongs to the system",
        ),
        ({"version": 17, "copy_command": "rsync -a"}, "pg_backup_copy_command starts with 'rsync'"),
        ({"version": 17, "age_warn_h": 60}, "pg_backup_age_warn_h is 60, above pg_backup_age_crit_h, which is 50"),
        ({"version": 17, "copy_command": "/bin/tar c x | /bin/y"}, "pg_backup_copy_command cannot work: it has |"),
        ({"version": 17, "failure_command": "/bin/x > /y"}, "pg_backup_failure_command cannot work: it has >"),
        ({"version": 17, "assertions": [{"sql": "SELECT true"}]}, "must have database"),
    ],
)
def test_bad_configuration_is_told(configuration: dict[str, Any], words: str) -> None:
    assert any(words in problem for problem in backup_problems(configuration))


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"backup_problems": backup_problems}
