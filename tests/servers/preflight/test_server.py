# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that answers is asked about a declaration before anything changes."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.preflight.request import PreflightRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.preflight.server import server_problems
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server


def request(server: Server, **more: Any) -> PreflightRequest:
    return PreflightRequest(server.major, "main", declared_databases=["appdb"], declared_roles=["appuser"], **more)


def setting(name: str, value: Any, *, of_session: bool = False) -> dict[str, Any]:
    """A declared setting that the table of the controller refuses: the server decides."""
    place = "database appdb" if of_session else "pg_tuning_settings"
    return {"place": place, "name": name, "value": value, "of_session": of_session, "problem": "wrong by the table"}


def database(**more: Any) -> list[dict[str, Any]]:
    return [{"name": "appdb", "roles": {"app": {"name": "appuser"}}, **more}]


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "setting": ({"settings": [setting("work_memm", "8MB")]}, "pg_tuning_settings: work_memm"),
    "value": ({"settings": [setting("work_mem", "1kB")]}, "pg_tuning_settings: work_mem"),
    "named database": ({"named_databases": [{"place": "pg_backup_exclude", "name": "appd"}]}, "did you mean appdb"),
    "pair": ({"pairs": [{"database": "appdb", "role": "appusr"}]}, "pg_hardening_hba_pairs"),
    "setting of a database": ({"databases": database(settings={"tiemzone": "UTC"})}, "tiemzone"),
    "time zone": ({"databases": database(settings={"timezone": "Mars"})}, "Mars"),
    "extension": ({"databases": database(extensions=[{"name": "no_such_ext"}])}, "no_such_ext"),
    "encoding": ({"databases": database(encoding="UTF9")}, "UTF9"),
    "time": ({"databases": database(roles={"app": {"name": "a", "valid_until": "morgen"}})}, "morgen"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(server: Server, case: str) -> None:
    more, words = CASES[case]
    problems = server_problems(request(server, **more), server.cluster)
    assert len(problems) == 1
    assert words in problems[0]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"settings": [setting("work_mem", "8MB")]},
        {"named_databases": [{"place": "pg_backup_exclude", "name": "template1"}]},
        {"pairs": [{"database": "postgres", "role": ADMINISTRATOR}]},
        {"databases": database(settings={"timezone": "Europe/Berlin"})},
    ],
    ids=str,
)
def test_accepted(server: Server, more: dict[str, Any]) -> None:
    assert server_problems(request(server, **more), server.cluster) == []
