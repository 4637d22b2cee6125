# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What checks look at: read once, in units that can be compared, and never taken for seen where it was not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health import context
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import HiddenError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.context import (
    HostContext,
    ServerContext,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.history import History
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer


@contextmanager
def server(patient: IsolatedServer, role: str = "") -> Iterator[ServerContext]:
    """The server as a check of it sees it."""
    cluster = patient.server.cluster
    host = HostContext(cluster, HealthConfig(patient.major), {}, 0.0)
    with connect(cluster, dsn=patient.as_role(role) if role else "") as session:
        yield ServerContext(host, session, History("/nowhere", 0.0), 0.0)


def test_settings_have_numbers_in_bytes_and_seconds(patient: IsolatedServer) -> None:
    with server(patient) as seen:
        assert seen.setting("max_wal_size").number == 1024**3
        assert seen.setting("deadlock_timeout").number == 1
        assert seen.setting("autovacuum_naptime").number == 86400
        assert seen.setting("max_connections").number == 100
        assert (seen.setting("fsync").on, seen.setting("jit").on) == (True, False)
        assert seen.version == patient.major
        with pytest.raises(HiddenError, match="may not see the setting nonsense"):
            seen.setting("nonsense")


def test_databases(patient: IsolatedServer) -> None:
    with server(patient) as seen:
        found = {row["name"]: (row["connectable"], row["template"], row["open"]) for row in seen.databases}
    assert found["clinic"] == (True, False, True)
    assert found["template0"] == (False, True, True)


def test_what_others_do_is_hidden_from_who_may_not_see_it(patient: IsolatedServer) -> None:
    patient.execute("CREATE ROLE nurse LOGIN")
    try:
        with patient.session("SELECT 1"), server(patient, "nurse") as seen:
            assert (seen.me["name"], seen.me["superuser"], seen.me["monitor"]) == ("nurse", False, False)
            with pytest.raises(HiddenError, match=r"nurse may not see what .* grant it pg_monitor"):
                list(seen.backends)
            with pytest.raises(HiddenError, match="only a superuser sees the verifiers"):
                seen.need_superuser("the verifiers")
        patient.execute("GRANT pg_monitor TO nurse")
        with patient.session("SELECT 1"), server(patient, "nurse") as seen:
            assert [each.application for each in seen.backends if each.is_client] == ["busy app"]
    finally:
        patient.execute("DROP ROLE nurse")


def test_without_systemd_units_are_hidden(
    patient: IsolatedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(context, "has_systemd", lambda: False)
    with pytest.raises(HiddenError, match="no systemd"):
        HostContext(patient.server.cluster, HealthConfig(patient.major), {}, 0.0).unit("x.service")
