# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's own program reads the configuration as a start would, while the old server still runs."""

from __future__ import annotations

import threading

from .. import command
from ..cluster import Cluster
from ..configured import question
from ..errors import PgsopError
from .program import server_program

#: The setting that it is asked for, unless a caller needs another one.
PRELOADED = "shared_preload_libraries"
#: It takes 10 ms on an idle host.
_TIME_LIMIT_S = 20.0
#: Exit statuses of a program that cannot be executed, or not without a library that is missing (ld.so(8)).
_NOT_EXECUTABLE = 126
_CANNOT_RUN = (_NOT_EXECUTABLE, command.NOT_FOUND)


class Rehearsal:
    """Answers of the server's program; it runs once for each setting, for all checks and in all threads.

    Only the cluster's owner can use it. The program does not touch the data directory.

    Args:
        cluster: of the server.
    """

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._answers: dict[str, command.Answer] = {}
        self._lock = threading.Lock()

    def answer(self, name: str = PRELOADED) -> command.Answer:
        """Return the answer to the question for a setting.

        Raises:
            PgsopError: it was killed, or did not answer in time, so that nothing is known.
        """
        with self._lock:
            if name not in self._answers:
                call = question(self._cluster, name, server_program(self._cluster))
                try:
                    self._answers[name] = command.run(call, timeout=_TIME_LIMIT_S, own_ids=True)
                except PermissionError as error:
                    self._answers[name] = command.Answer(_NOT_EXECUTABLE, "", str(error))
            answer = self._answers[name]
        if answer.status == command.TIMED_OUT or answer.status < 0:
            raise PgsopError(
                attempted="read the configuration as a start does",
                target=f"cluster {self._cluster.label}",
                answer=answer.text or f"the server's program was ended by signal {-answer.status}",
                next_step="check the load of the host with 'uptime'",
            )
        return answer


def can_run(answer: command.Answer) -> bool:
    """Return whether the program was run at all, with whatever answer."""
    return answer.status not in _CANNOT_RUN
