# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a drop-in file under conf.d."""

from __future__ import annotations

from typing import Any, Mapping

from ..cluster import INCLUDED_DIRECTORY

#: Where the drop-ins are, relative to the folder of the configuration.
DIRECTORY = INCLUDED_DIRECTORY


def file_name(name: str, priority: int) -> str:
    """File name of a caller's drop-in; the server reads them in this order, the last one wins."""
    return f"{priority:02d}-{name}.conf"


def quote(text: str) -> str:
    """A value as a quoted string of postgresql.conf (guc-file.l)."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def render(name: str, values: Mapping[str, str], reasons: Mapping[str, Any]) -> str:
    """The whole file: a header that names the owner, then each setting under its reason."""
    lines = [
        f"# Managed by Ansible, aerovista.postgresql, for {' '.join(name.split())}: changes made here are overwritten.\n"
    ]
    for setting, value in values.items():
        reason = " ".join(str(reasons.get(setting) or "").split())
        lines.append(f"\n# {reason}\n" if reason else "\n")
        lines.append(f"{setting} = {quote(value)}\n")
    return "".join(lines)
