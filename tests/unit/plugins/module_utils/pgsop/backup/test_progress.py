# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody is told anything, unless a face says otherwise."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.progress import SILENT


def test_silence(capfd: pytest.CaptureFixture[str]) -> None:
    SILENT.step("one")
    SILENT.tick("two")
    SILENT.done()
    assert capfd.readouterr() == ("", "")
