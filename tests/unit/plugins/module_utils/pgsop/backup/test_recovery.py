# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a backup waits for a server. Clock, server and service manager are played."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import recovery
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.recovery import Start
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/data", "/etc", "/log", "/run")


class Played:
    """A server that answers from a moment on; an attempt takes as long as the server needs, or as it may."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.answers_at, self.slow_s, self.up = 1000.0, 1000.0, 0.0, True
        monkeypatch.setattr(recovery, "connect", self.connect)
        monkeypatch.setattr(recovery, "may_answer", lambda _cluster: self.up)
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(time, "sleep", self.sleep)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    @contextlib.contextmanager
    def connect(self, _cluster: Cluster, *, timeout_s: int) -> Iterator[Played]:
        self.now += min(self.slow_s, timeout_s)
        if self.now < self.answers_at or self.slow_s > timeout_s:
            raise PgsopError(attempted="query the server", target="", answer="", next_step="")
        yield self

    def rows(self, _statement: str) -> list[dict[str, Any]]:
        return [{"postmaster": "then", "checkpointer": "now"}]


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> Played:
    return Played(monkeypatch)


@pytest.mark.parametrize(("answers_after", "slow"), [(0, 0), (60, 0), (119, 0), (0, 30), (60, 30)])
def test_server_that_is_slow_or_recovers_is_waited_for(played: Played, answers_after: float, slow: float) -> None:
    played.answers_at, played.slow_s = played.now + answers_after, slow
    assert recovery.wait_for_start(CLUSTER) == Start("then", "now")


@pytest.mark.parametrize(("answers_after", "slow"), [(300, 0), (0, 300), (300, 50)])
def test_wait_ends(played: Played, answers_after: float, slow: float) -> None:
    began, played.answers_at, played.slow_s = played.now, played.now + answers_after, slow
    assert recovery.wait_for_start(CLUSTER) is None
    assert recovery.WAIT_S <= played.now - began <= recovery.WAIT_S + 10


def test_server_that_is_down_is_not_waited_for(played: Played) -> None:
    began, played.answers_at, played.up = played.now, played.now + 60, False
    assert recovery.wait_for_start(CLUSTER) is None
    assert played.now == began
