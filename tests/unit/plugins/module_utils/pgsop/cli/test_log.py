# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody watches leaves a line."""

from __future__ import annotations

import syslog
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli import log


@pytest.mark.parametrize(
    ("write", "priority"), [(log.note, syslog.LOG_INFO), (log.warn, syslog.LOG_WARNING), (log.fail, syslog.LOG_ERR)]
)
def test_line_has_its_weight(monkeypatch: pytest.MonkeyPatch, write: Callable[[str], None], priority: int) -> None:
    opened: list[Any] = []
    written: list[Any] = []
    monkeypatch.setattr(syslog, "openlog", lambda *options: opened.append(options))
    monkeypatch.setattr(syslog, "syslog", lambda *line: written.append(line))
    write("one\ntwo")
    assert opened == [("pgsop", syslog.LOG_PID, syslog.LOG_DAEMON)]
    assert written == [(priority, "one\\ntwo")]
