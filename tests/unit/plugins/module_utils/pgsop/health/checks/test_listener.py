# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets that others can reach, and those that they cannot."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import CRITICAL, OK
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks import listener
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.listeners import Listener
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.health.checks.samples import (
    SampleHost,
    found,
    there,
)

ANY = str(ipaddress.IPv4Address(0))
ME = os.getpid()
#: Process ids that no process has: more than the kernel's limit.
CHILD, STRANGER = 2**22 + 1, 2**22 + 2


@pytest.mark.parametrize(
    ("sockets", "status", "words"),
    [
        ([], OK, "on no TCP address"),
        ([Listener("127.0.0.1", 5432, ME), Listener("::1", 5432, ME)], OK, "127.0.0.1:5432"),
        ([Listener(ANY, 5432, ME)], CRITICAL, f"{ANY}:5432, which other hosts can reach"),
        ([Listener("127.0.0.1", 5432, ME), Listener("::", 5432, ME)], CRITICAL, "[::]:5432, which"),
        ([Listener("192.0.2.7", 5433, ME)], CRITICAL, "192.0.2.7:5433"),
        ([Listener("192.0.2.7", 5432, None)], CRITICAL, "192.0.2.7:5432"),
        ([Listener("192.0.2.7", 5433, None)], OK, "on no TCP address"),
        ([Listener(ANY, 5432, STRANGER)], OK, "on no TCP address"),
        (
            [Listener(ANY, 5400, CHILD, "postgres")],
            CRITICAL,
            f"process {CHILD} (postgres) of the server listens on {ANY}:5400",
        ),
        (
            [Listener("127.0.0.1", 5400, CHILD, "python3")],
            OK,
            f"process {CHILD} (python3) of the server listens on 127",
        ),
        ([Listener(ANY, 5432, CHILD, others=frozenset({ME}))], CRITICAL, f"the server listens on {ANY}:5432"),
        ([Listener(ANY, 5400, STRANGER, "x", frozenset({CHILD}))], CRITICAL, f"process {CHILD} (x) of the server"),
    ],
)
def test_sockets_of_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sockets: list[Listener], status: str, words: str
) -> None:
    facts = there(tmp_path)
    Path(facts["data_directory"], "postmaster.pid").write_text(f"{ME}\n", encoding="ascii")
    monkeypatch.setattr(listener, "listeners", lambda: sockets)
    monkeypatch.setattr(listener, "server_processes", lambda pid, _unit: frozenset({pid, CHILD}))
    finding = found(listener.listener, SampleHost(**facts))
    assert finding.status == status
    assert words in finding.message
