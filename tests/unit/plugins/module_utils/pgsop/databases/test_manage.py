# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check run says of databases where no server can be asked."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import availability, connection
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases import manage as module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.manage import (
    DatabasesRequest,
    manage,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.knock import REFUSED, UNDECIDED

CLUSTER = Cluster(17, "main", 5432, True, "postgres", "/d", "/c", "/l", "/s")
DECLARED = [{"name": "appdb", "schema": "app", "roles": {"app": {"name": "appuser"}}}]


@pytest.fixture(autouse=True)
def _silent(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (availability, connection):
        monkeypatch.setattr(place, "is_ready", lambda _cluster: False)


@pytest.mark.parametrize(
    ("running", "answer", "state"),
    [(False, UNDECIDED, "stopped"), (True, REFUSED, "refused"), (True, UNDECIDED, "silent")],
)
def test_nothing_is_created_in_a_cluster_that_exists(
    monkeypatch: pytest.MonkeyPatch, running: bool, answer: str, state: str
) -> None:
    cluster = Cluster(**{**CLUSTER.__dict__, "running": running})
    for place in (connection, module):
        monkeypatch.setattr(place, "find_cluster", lambda _version, _name: cluster)
    monkeypatch.setattr(availability, "knock", lambda _cluster: answer)
    found = manage(DatabasesRequest(17, "main", DECLARED), check=True).as_dict()
    assert (found["changed"], found["statements"], found["diff"], found["reported"]) == (False, [], [], [])
    assert (found["server_state"], found["validated"]) == (state, False)
    assert found["forecast"] == availability.FORECASTS[state]
    assert found["databases"] == ["appdb"]


def test_everything_is_created_on_a_bare_host(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (connection, module):
        monkeypatch.setattr(place, "find_cluster", lambda _version, _name: None)
    found = manage(DatabasesRequest(17, "main", DECLARED), check=True).as_dict()
    assert (found["server_state"], found["forecast"]) == ("absent", "")
    assert any("CREATE DATABASE" in item["statement"] for item in found["statements"])
