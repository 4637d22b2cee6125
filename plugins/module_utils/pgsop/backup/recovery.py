# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that stops answering during a backup: wait until it answers again, if it can."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ..cluster import Cluster
from ..connection import connect
from ..errors import PgsopError
from ..service import may_answer

#: Seconds in which a slow server, or one in crash recovery, has to answer.
WAIT_S = 120.0
#: Seconds between two attempts, and that the last attempt has at least.
_PAUSE_S = 0.5
_LAST_ATTEMPT_S = 5.0
#: After the crash of a backend the postmaster stays, and starts its other processes again.
_STARTED = """
SELECT pg_postmaster_start_time()::text AS postmaster,
       (SELECT backend_start::text FROM pg_stat_activity WHERE backend_type = 'checkpointer') AS checkpointer
"""


@dataclass(frozen=True)
class Start:
    """The last start of a server; another one means that it crashed or restarted in between.

    Attributes:
        postmaster: start time of the postmaster.
        checkpointer: start time of the checkpointer.
    """

    postmaster: str | None
    checkpointer: str | None


def wait_for_start(cluster: Cluster) -> Start | None:
    """Wait until the server answers, for at most 120 s and one last attempt of 5 s.

    Returns:
        Its last start; None if it does not answer in time, or is down and nothing starts it.
    """
    deadline = time.monotonic() + WAIT_S
    while True:
        left = max(_LAST_ATTEMPT_S, deadline - time.monotonic())
        try:
            with connect(cluster, timeout_s=int(left)) as session:
                return Start(**session.rows(_STARTED)[0])
        except PgsopError:
            if time.monotonic() > deadline or not may_answer(cluster):
                return None
        time.sleep(_PAUSE_S)
