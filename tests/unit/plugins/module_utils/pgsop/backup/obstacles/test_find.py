# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All searches run, in their order."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.obstacles import Obstacle, find

ONE, OTHER = Obstacle("index", "a", "x", "y"), Obstacle("view", "b", "x", "y")


def test_findings_of_all_searches_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    searches: Any = (lambda _session: [ONE], lambda _session: [], lambda _session: [OTHER])
    monkeypatch.setitem(find.__globals__, "_SEARCHES", searches)
    session: Any = None
    assert find(session) == (ONE, OTHER)
