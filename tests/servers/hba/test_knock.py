# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server's first answer to its owner, and what it says about the state of the server."""

from __future__ import annotations

import os
import signal

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import knock as knocks
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.availability import (
    ABSENT,
    ANSWERS,
    REFUSED,
    SILENT,
    STOPPED,
    availability,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.tests.servers.hba.conftest import Gate
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major

RULES = {
    "local all OWNER peer\n": knocks.ACCEPTED,
    "local all OWNER trust\n": knocks.ACCEPTED,
    "local all OWNER scram-sha-256\n": knocks.REFUSED,
    "local all OWNER password\n": knocks.REFUSED,
    "local all OWNER peer map=absent\n": knocks.REFUSED,
    "local all all reject\n": knocks.REFUSED,
    "local other all peer\n": knocks.REFUSED,
}


@every_major
@pytest.mark.parametrize("text", RULES)
def test_the_rules_decide(gate: Gate, text: str) -> None:
    gate.write(text)
    gate.becomes(RULES[text])
    assert availability(gate.cluster) == (ANSWERS if RULES[text] == knocks.ACCEPTED else REFUSED)


def test_no_cluster_is_absent() -> None:
    assert availability(None) == ABSENT


def test_without_a_socket_nothing_is_decided(gate: Gate) -> None:
    elsewhere = Cluster(**{**gate.cluster.__dict__, "socket_directory": "/nonexistent"})
    assert knocks.knock(elsewhere) == knocks.UNDECIDED
    assert availability(elsewhere) == SILENT
    assert availability(Cluster(**{**elsewhere.__dict__, "running": False})) == STOPPED


def test_a_server_that_stands_still_is_silent(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(knocks, "TIMEOUT_S", 0.2)
    pid = gate.cluster.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        assert knocks.knock(gate.cluster) == knocks.UNDECIDED
    finally:
        os.kill(pid, signal.SIGCONT)
