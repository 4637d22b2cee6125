# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each process of a server as one row."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.activity.sessions import backends
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import DATABASE, IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major


def test_each_process_is_one_row(patient: IsolatedServer) -> None:
    with patient.session("SELECT 1", name="busy") as other, connect(patient.server.cluster) as session:
        found = {each.pid: each for each in backends(session)}
        busy = found[other.info.backend_pid]
        assert (busy.application, busy.database, busy.state, busy.is_client) == (
            "busy",
            DATABASE,
            "idle in transaction",
            True,
        )
        assert session.value("SELECT pg_backend_pid()") not in found
        assert not any(each.masked or each.blocked_by for each in found.values())
        assert "checkpointer" in {each.backend_type for each in found.values()}


@every_major
def test_the_number_of_a_query_is_told_where_the_server_computes_it(patient: IsolatedServer) -> None:
    patient.execute("SELECT 1")
    settings = ["SET compute_query_id = on"] if patient.major >= 14 else []
    with patient.session(*settings, "SELECT 1", name="busy"), connect(patient.server.cluster) as session:
        (busy,) = (each for each in backends(session) if each.application == "busy")
        assert (busy.query_id is not None) == (patient.major >= 14)
