# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action, with a host that answers as a test tells it."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.tests.unit.plugins.action.preflight_run import Run


@pytest.fixture(name="run")
def _run(monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(monkeypatch)
