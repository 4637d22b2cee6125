# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Big shared buffers in small pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.health.alone import alone
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer

HUGE_PAGES = "memory.huge_pages"


def test_small_shared_buffers_need_none(patient: IsolatedServer) -> None:
    assert patient.look(HUGE_PAGES)[HUGE_PAGES].message == "0.1 GB of shared buffers do not need huge pages"


def test_big_shared_buffers_that_got_none(patient: IsolatedServer, tmp_path: Path) -> None:
    """The memory is only promised, as long as nobody uses it."""
    if "HugePages_Total:       0\n" not in Path("/proc/meminfo").read_text(encoding="ascii"):
        pytest.skip("this host has huge pages")
    with alone(patient.major, tmp_path, {"shared_buffers": "8GB"}) as other:
        assert other.turned() == {HUGE_PAGES: "WARNING"}
        assert other.look(HUGE_PAGES)[HUGE_PAGES].message == (
            "8.0 GB of shared buffers are not in huge pages, though huge_pages is try: there were none"
        )
        assert other.look(HUGE_PAGES, dsn=other.as_role("mon"))[HUGE_PAGES].status == "WARNING"
        assert other.turned(thresholds={HUGE_PAGES: {"least_bytes": 9 * 2**30}}) == {}


def test_whoever_chose_to_do_without_is_not_warned(patient: IsolatedServer, tmp_path: Path) -> None:
    with alone(patient.major, tmp_path, {"shared_buffers": "8GB", "huge_pages": "off"}) as other:
        assert other.turned() == {}
        assert "huge_pages is off" in other.look(HUGE_PAGES)[HUGE_PAGES].message
