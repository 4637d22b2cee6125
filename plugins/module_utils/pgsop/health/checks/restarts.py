# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server has crashed."""

from __future__ import annotations

from collections.abc import Iterator

from ...text import age
from ..check import SERVER, HiddenError, Measured, check
from ..context import ServerContext

_BORN = """
SELECT extract(epoch FROM a.backend_start - pg_postmaster_start_time())::float8 AS gap_s,
       extract(epoch FROM clock_timestamp() - a.backend_start)::float8 AS ago_s
  FROM pg_catalog.pg_stat_activity a
 WHERE a.backend_type = 'checkpointer'
"""


@check(
    "service.crash",
    sop="4",
    title="time since a crash",
    scope=SERVER,
    unit="s",
    lower_is_worse=True,
    warn=86_400,
    crit=600,
    extra_limits={"gap_s": 10},
    ok_message="the server's processes are as old as the server",
    hint="read what stands in the server's log before 'terminating any other active server processes', and 'journalctl -k | grep -i oom'",
)
def crash(here: ServerContext) -> Iterator[Measured]:
    """Yield the time in seconds since a crash of the server.

    If one process crashes, the postmaster, which stays, restarts all others; so they are younger than it. The checkpointer starts with
    the server, within a fraction of a second; gap_s leaves ten seconds to a slow host. Only 13 and 14 start it after the recovery, and a
    recovery that takes longer than that has a crash before it, too.
    """
    born = here.session.rows(_BORN)
    if not born or born[0]["gap_s"] is None:
        raise HiddenError(
            f"{here.me['name']} may not see since when the server's processes are there; grant it pg_monitor"
        )
    gap_s, ago_s = born[0]["gap_s"], born[0]["ago_s"]
    if gap_s > (here.limits["service.crash"]["gap_s"] or 0.0):
        message = f"the server crashed: its processes were started anew {age(ago_s)} ago, {age(gap_s)} after the server itself"
        yield Measured("server", ago_s, message)
