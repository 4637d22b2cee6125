# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of the last scheduled run, so that the log has changes only."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from ..files import FileMode, group_name, user_name, write_atomically
from ..finding import OK, Finding

#: In the state directory.
FILE = "health-noted.json"


def status_changes(folder: str, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with another status than in the last run, and record all statuses.

    Args:
        folder: the state directory.
        findings: of this run.

    Returns:
        A finding that the last run did not have counts as changed if it is not OK.

    Raises:
        PgsopError: they cannot be recorded.
    """
    path = os.path.join(folder, FILE)
    before = _read(path)
    now = {each.id: each.status for each in findings}
    if now != before:
        mode = FileMode(user_name(os.geteuid()), group_name(os.getegid()), 0o600)
        write_atomically(path, json.dumps(now, indent=2) + "\n", mode)
    return [each for each in findings if each.status != before.get(each.id, OK)]


def _read(path: str) -> dict[str, str]:
    try:
        with open(path, encoding="utf-8") as handle:
            noted = json.load(handle)
    except (OSError, ValueError):
        # Not knowing it costs a line in the log.
        return {}
    return {str(name): str(status) for name, status in noted.items()} if isinstance(noted, dict) else {}
