# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a report."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.cluster_lookup import ClusterMatch
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import PoolerEvidence
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.hba_match import Decision
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.network import NetworkPath
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.pgbouncer import PgBouncer
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.steps import steps
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import CRITICAL, OK, UNKNOWN
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    CLUSTER,
    GOOD,
    LINE,
    known,
    refused,
)

NAMES = [
    "connection string",
    "name",
    "listener",
    "server",
    "attempt",
    "encryption",
    "rules",
    "role",
    "database",
    "slots",
    "password",
]


def seen(evidence: Any) -> dict[str, tuple[str, str]]:
    return {step.name: (step.status, step.message) for step in steps(evidence)}


def test_all_is_well() -> None:
    found = seen(GOOD)
    assert list(found) == NAMES
    assert {status for status, _seen in found.values()} == {OK}


def test_whose_server_cannot_be_asked() -> None:
    found = seen(refused("FATAL: x", found=None, decision=None, hidden="run it with sudo"))
    assert [name for name in NAMES if found[name][0] == UNKNOWN] == [
        "encryption",
        "rules",
        "role",
        "database",
        "slots",
        "password",
    ]
    assert found["role"][1] == "run it with sudo"


@pytest.mark.parametrize(
    ("step", "changed", "said"),
    [
        ("name", {"reach": NetworkPath(unresolved="no such name", local=False)}, "does not resolve"),
        ("listener", {"reach": NetworkPath(("127.0.0.1",))}, "17/main on 5432"),
        (
            "server",
            {"place": ClusterMatch(dataclasses.replace(CLUSTER, running=False), log=("FATAL: bad",))},
            "log: FATAL: bad",
        ),
        ("server", {"place": ClusterMatch(CLUSTER, frozen=True)}, "is stopped"),
        ("rules", {"decision": Decision()}, "no line matches"),
        ("rules", {"decision": Decision(LINE, broken=("line 1 of x: odd",))}, "older rules are in force"),
        ("rules", {"decision": Decision(LINE, loaded=False)}, "newer than the last reload"),
        ("role", {"found": known(role=False)}, "there is no role appuser"),
        (
            "role",
            {"found": known(role=False), "elsewhere": {"16/x": {"port": 5433, "role": True}}},
            "it is in 16/x (port 5433)",
        ),
        ("role", {"found": known(may_login=False)}, "may not log in"),
        ("role", {"found": known(expired=True, valid_until="2020")}, "expired 2020"),
        ("role", {"found": known(verifier="none")}, "verifier: none"),
        ("role", {"found": known(role_limit=3, role_sessions=3)}, "3 of 3"),
        ("database", {"found": known(database=False)}, "there is no database appdb"),
        ("database", {"found": known(open=False)}, "accepts no connections"),
        ("database", {"found": known(may_connect=False)}, "has no CONNECT"),
        ("slots", {"found": known(used=97)}, "0 free of 100"),
        ("password", {"found": known(matches=False)}, "is not the stored one"),
        ("server log", {"log": ("Role does not exist.",)}, "Role does not exist."),
    ],
)
def test_a_problem_is_one(step: str, changed: dict[str, Any], said: str) -> None:
    status, message = seen(refused("FATAL: x", **changed))[step]
    assert status == CRITICAL
    assert said in message


def test_steps_behind_a_pooler_are_those_of_its_connection() -> None:
    pooler = PgBouncer(9, "postgres", "/etc/pgbouncer/pgbouncer.ini")
    behind = dataclasses.replace(GOOD, target=dataclasses.replace(GOOD.target, user="fixed"))
    front = dataclasses.replace(GOOD, found=None, decision=None, pooler=PoolerEvidence(pooler, behind))
    found = seen(front)
    assert found["pooler"][0] == "OK"
    assert found["role"][1].startswith("fixed: ")
    assert "appuser" in found["connection string"][1]


def test_no_step_holds_the_password() -> None:
    assert "hush" not in str(steps(GOOD))
