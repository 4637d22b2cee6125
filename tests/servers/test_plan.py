# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything is read and planned before anything is changed; without a server the forecast is the same."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases import plan as survey_module
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import ClusterState
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.declaration import declare
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.plan import build_plan, forecast
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.read_cluster import read_cluster
from ansible_collections.aerovista.postgresql.tests.servers.scene import PASSWORD, on, run, texts, told
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

ENTRY: dict[str, Any] = {
    "name": "shop",
    "model": "separated",
    "schemas": ["audit"],
    "roles": {"app": {"password": PASSWORD}, "readonly": {}},
    "settings": {"work_mem": "8MB"},
    "extensions": [{"name": "citext"}],
    "grants": [{"to": ["x", "PUBLIC"], "privileges": ["SELECT"], "schema": "app"}],
}
ROLES: list[dict[str, Any]] = [{"name": "x", "member_of": ["pg_monitor"], "valid_until": "2040-01-01 00:00:00+00"}]


@on(13, 14, 15, 16, 17, 18)
def test_forecast_is_what_a_new_server_gets(host: Server) -> None:
    declaration = declare([ENTRY], ROLES, ["postgres", "template1"], ADMINISTRATOR)
    expected = [(place, item.text) for place, item in forecast(declaration, host.major).statements()]
    outcome = run(host, ENTRY, roles=ROLES, public_connect=["postgres", "template1"], check=True)
    assert [(item["database"] or "", item["statement"]) for item in outcome["statements"]] == expected


def gone(host: Server, application: str) -> bool:
    """Whether no session is left; a server process ends a moment after its client has closed the connection."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if not host.rows(f"SELECT FROM pg_stat_activity WHERE application_name = '{application}'"):
            return True
        time.sleep(0.05)
    return False


def test_looking_changes_nothing_and_holds_nothing(host: Server) -> None:
    run(host, ENTRY, roles=ROLES)
    host.execute(
        "CREATE TABLE app.t (a int)", "GRANT SELECT ON app.t TO shop_readonly WITH GRANT OPTION", database="shop"
    )
    declaration = declare([ENTRY], ROLES, [], ADMINISTRATOR)
    position = host.log_size()
    found = build_plan(host.cluster, declaration)
    assert list(found.statements())
    changing = ("GRANT ", "REVOKE ", "ALTER ", "CREATE ", "DROP ", "UPDATE ", "INSERT ")
    sent = [line.split("statement: ", 1)[1] for line in host.log_from(position).splitlines() if "statement: " in line]
    assert sent
    assert [text for text in sent if text.startswith(changing)] == []
    assert gone(host, "pgsop")


def test_more_owners_than_the_lock_table_holds_are_told(host: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    run(host, {"name": "shop"})
    host.execute(*(f"CREATE TABLE app.t{number} (a int)" for number in range(6)), database="shop")

    def small(session: Session, roles: Sequence[str], *, extensions: bool) -> ClusterState:
        return replace(read_cluster(session, roles, extensions=extensions), lock_slots=10)

    monkeypatch.setattr(survey_module, "read_cluster", small)
    outcome = run(host, {"name": "shop"})
    assert not any("OWNER TO" in text for text in texts(outcome))
    assert "6" in str([finding for finding in outcome["reported"] if "max_locks_per_transaction" in str(finding)])
    monkeypatch.undo()
    assert sum("OWNER TO" in text for text in texts(run(host, {"name": "shop"}))) == 6


def test_findings_of_all_databases_are_told(host: Server) -> None:
    entries = [
        {"name": name, "grants": [{"to": ["PUBLIC"], "privileges": ["SELECT"], "objects": ["t"]}]}
        for name in ("one", "two")
    ]
    run(host, *entries)
    # Equal sentences about several databases are one.
    messages = told(run(host, *entries), "access.missing")
    assert [all(name in message for name in ("one", "two")) for message in messages] == [True]
