# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What PgBouncer answered, with what is known of it and of the server: one cause. Real ones are in molecule/monitoring/tests/test_pooler.py."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.causes import cause
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.evidence import (
    Evidence,
    PoolerEvidence,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.pgbouncer import PgBouncer
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.samples import (
    CLUSTER,
    GOOD,
    known,
    refused,
)

POOLER = PgBouncer(
    7,
    "postgres",
    "/etc/pgbouncer/pgbouncer.ini",
    {"auth_file": "/etc/pgbouncer/userlist.txt", "auth_hba_file": "/etc/pgbouncer/rules"},
    {"appdb": {"host": "127.0.0.1"}},
    {"appuser": "hush"},
)


def with_facts(**facts: Any) -> Evidence:
    return dataclasses.replace(GOOD, found=known(**facts))


WRONG = refused('FATAL: password authentication failed for user "appuser"', with_facts(matches=False))
WAIT = "FATAL: query_wait_timeout"

#: By case: the answer, the server behind, changes of PgBouncer, the console's row, and the cause.
CASES: dict[str, tuple[str, Evidence | None, dict[str, Any], dict[str, object], str]] = {
    "database, 1.18": ("FATAL: no such database: x", None, {"databases": {}}, {}, "pooler.no_database"),
    "database in the file": ("FATAL: no such database: appdb", GOOD, {}, {}, "pooler.not_reloaded"),
    "no entry, timeout": ("timeout expired", None, {"databases": {}}, {}, "pooler.no_database"),
    "rules, 1.18": ("FATAL: login rejected", GOOD, {}, {}, "pooler.hba"),
    "rules, 1.24": ("FATAL: no authentication method is found", GOOD, {}, {}, "pooler.hba"),
    "parameter, 1.18": ("FATAL: unsupported startup parameter: options", GOOD, {}, {}, "pooler.parameter"),
    "parameter, 1.24": ("FATAL: unsupported startup parameter in options: geqo", GOOD, {}, {}, "pooler.parameter"),
    "verifier": ("FATAL: server login failed: wrong password type", GOOD, {}, {}, "pooler.verifier"),
    "disabled": ('FATAL: database "appdb" is disabled', GOOD, {}, {}, "pooler.disabled"),
    "full": ("FATAL: no more connections allowed (max_client_conn)", GOOD, {}, {}, "pooler.full"),
    "wrong password": ("FATAL: SASL authentication failed", WRONG, {}, {}, "password.wrong"),
    "old password": (
        "FATAL: SASL authentication failed",
        GOOD,
        {"secrets": {"appuser": "old"}},
        {},
        "pooler.outdated_password",
    ),
    "no line": ("FATAL: SASL authentication failed", GOOD, {"secrets": {}}, {}, "pooler.no_user"),
    "lookup finds none": ("FATAL: no such user", GOOD, {}, {}, "pooler.no_user"),
    "role is missing": ("FATAL: no such user", with_facts(role=False), {}, {}, "role.missing"),
    "server refuses": (WRONG.attempt.said, WRONG, {}, {}, "pooler.outdated_password"),
    "server refuses the lookup": (
        'FATAL: password authentication failed for user "lookup"',
        GOOD,
        {"settings": {**POOLER.settings, "auth_user": "lookup"}},
        {},
        "pooler.auth_user",
    ),
    "paused database": (WAIT, GOOD, {}, {"paused": 1, "mode": "active"}, "pooler.paused"),
    "paused as a whole": (WAIT, GOOD, {}, {"paused": 0, "mode": "paused"}, "pooler.paused"),
    "pool is full": (WAIT, GOOD, {}, {"current_connections": 20, "pool_size": 20}, "pooler.pool_full"),
    "waits": (WAIT, GOOD, {}, {"current_connections": 1, "pool_size": 20}, "pooler.waiting"),
    "server's own answer": (
        'FATAL: permission denied for database "appdb"',
        refused('FATAL: permission denied for database "appdb"', with_facts(may_connect=False)),
        {},
        {},
        "database.no_connect",
    ),
    "does not run": ("Connection refused", None, {"pid": 0}, {}, "pooler.down"),
    "not root": ("FATAL: login rejected", None, {"hidden": "run it with sudo"}, {}, "pooler.hba"),
    "not root, another answer": ("timeout expired", None, {"hidden": "run it with sudo"}, {}, "pooler.unknown"),
}


@pytest.mark.parametrize("case", CASES)
def test_cause(case: str) -> None:
    said, behind, changed, state, expected = CASES[case]
    pooler = dataclasses.replace(POOLER, **changed)
    found = cause(refused(said, pooler=PoolerEvidence(pooler, behind, state)))
    assert found.id == expected
    assert "hush" not in f"{found.message} {found.hint}"
    assert found.hint


def test_pooler_of_another_host_is_known_by_its_answer() -> None:
    assert cause(refused("FATAL: no such database: appdb")).id == "pooler.no_database"


def test_place_of_the_server_is_corrected_in_the_entry() -> None:
    gone = refused("connection refused", with_facts(database=False))
    gone = dataclasses.replace(gone, place=dataclasses.replace(GOOD.place, cluster=None, others=((CLUSTER, 5432),)))
    behind = dataclasses.replace(gone, reach=dataclasses.replace(GOOD.reach, listening=(), open=()), found=None)
    found = cause(refused("timeout expired", pooler=PoolerEvidence(POOLER, behind)))
    assert found.id == "port.wrong"
    assert found.hint.startswith("correct the entry of database appdb in /etc/pgbouncer/pgbouncer.ini")
