# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The system's log, in which unattended runs leave a line; journald keeps it too."""

from __future__ import annotations

import syslog

from .. import text

#: Identifier for journalctl -t pgsop.
IDENT = "pgsop"


def note(line: str) -> None:
    """Log a result of a run (priority info)."""
    _write(syslog.LOG_INFO, line)


def warn(line: str) -> None:
    """Log a warning of a run (priority warning)."""
    _write(syslog.LOG_WARNING, line)


def fail(line: str) -> None:
    """Log the failure of a run (priority err)."""
    _write(syslog.LOG_ERR, line)


def _write(priority: int, line: str) -> None:
    syslog.openlog(IDENT, syslog.LOG_PID, syslog.LOG_DAEMON)
    syslog.syslog(priority, text.printable(line))
