# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second part of the man page."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.generated import man_page_backups

SECTIONS = [
    *(f"PGSOP {name}" for name in ("BACKUP", "BACKUPS", "RESTORE", "DRILL", "HELP")),
    *("FILES", "ENVIRONMENT", "SEE ALSO"),
]


def test_sections() -> None:
    lines = man_page_backups.TEXT.splitlines()
    assert [line.removeprefix(".SH ") for line in lines if line.startswith(".SH ")] == SECTIONS
