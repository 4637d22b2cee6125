# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing turns on a server with which nothing is wrong."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer

NEXT_TOO = True


def test_nothing_turns_on_a_server_that_is_well(patient: IsolatedServer) -> None:
    assert patient.turned() == {}


def test_nothing_turns_at_the_second_look_either(patient: IsolatedServer) -> None:
    patient.look()
    assert patient.turned() == {}
