# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reload of the server's configuration files, with a wait for its end."""

from __future__ import annotations

import time

from .connection import Session
from .errors import PgsopError

#: Seconds the postmaster may take to act on a reload.
RELOAD_TIMEOUT_S = 10.0


def reload(session: Session) -> None:
    """Have the server read its files again, and wait until it did, up to RELOAD_TIMEOUT_S.

    Raises:
        PgsopError: it did not; pg_reload_conf() itself returns true even then.
    """
    loaded = session.value("SELECT pg_conf_load_time()")
    session.value("SELECT pg_reload_conf()")
    deadline = time.monotonic() + RELOAD_TIMEOUT_S
    while session.value("SELECT pg_conf_load_time()") == loaded:
        if time.monotonic() > deadline:
            raise PgsopError(
                attempted="reload the configuration",
                target="running server",
                answer=f"it did not load its files within {RELOAD_TIMEOUT_S:.0f} s",
                next_step="read the server's log; it names the line it does not accept",
            )
        time.sleep(0.05)
