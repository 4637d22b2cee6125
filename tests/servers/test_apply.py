# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of a run, one run at a time, and the proof of what was touched."""

from __future__ import annotations

from typing import Any

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.apply import _LOCK as LOCK
from ansible_collections.aerovista.postgresql.tests.servers.scene import (
    PASSWORD,
    exists,
    refused,
    run,
    soon,
    texts,
    transaction,
    waiting,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

SHOP: dict[str, Any] = {"name": "shop", "roles": {"app": {"password": PASSWORD}}}
AT_WORK = f"SELECT pg_advisory_lock({LOCK})"


def test_run_waits_for_another_one(host: Server) -> None:
    with transaction(host, "postgres", AT_WORK) as other, soon(other.close, lambda: waiting(host)):
        assert run(host, SHOP)["changed"]


def test_run_that_waited_reads_again(host: Server) -> None:
    with transaction(host, "postgres", AT_WORK) as other:

        def make_it_and_end() -> None:
            host.execute("CREATE ROLE shop_app LOGIN", "CREATE DATABASE shop")
            other.close()

        with soon(make_it_and_end, lambda: waiting(host)):
            outcome = run(host, SHOP, attempts=20)
    assert [text for text in texts(outcome) if text.startswith(("CREATE ROLE", "CREATE DATABASE"))] == []


def test_run_gives_up_where_another_one_goes_on(host: Server) -> None:
    with transaction(host, "postgres", AT_WORK):
        error = refused(host, SHOP, attempts=2)
    assert error.answer == "another run is at work on this cluster"
    assert error.target == "cluster 17/main, waited 2 times 1 s"
    assert not exists(host, "shop")
    assert not exists(host, "shop_app", "role")


def test_looking_does_not_wait(host: Server) -> None:
    run(host, SHOP)
    with transaction(host, "postgres", AT_WORK):
        assert run(host, {**SHOP, "connection_limit": 5}, check=True)["changed"]
        assert not run(host, SHOP)["changed"]


def test_order_is_databases_roles_rights_and_drops_last(host: Server) -> None:
    run(host, {"name": "old"}, roles=[{"name": "leaver"}])
    outcome = run(
        host,
        SHOP,
        {"name": "old", "state": "absent"},
        roles=[{"name": "leaver", "state": "absent"}, {"name": "old_app", "state": "absent"}],
    )
    places = [(item["database"], " ".join(item["statement"].split()[:2])) for item in outcome["statements"]]
    assert places[:3] == [(None, "CREATE DATABASE"), (None, "CREATE ROLE"), (None, "ALTER ROLE")]
    drops = places[places.index((None, "DROP DATABASE")) :]
    assert [text for _place, text in drops if "OWNED" not in text] == ["DROP DATABASE", "DROP ROLE", "DROP ROLE"]
    assert {place for place, _text in places[3 : -len(drops)]} == {"shop"}


def test_what_came_before_a_failure_stays_whole(host: Server) -> None:
    """Each database is as declared or as before."""
    run(host, {"name": "one"}, {"name": "two"})
    host.execute("CREATE TABLE app.t (a int)", database="two")
    entries = [{"name": "one", "connection_limit": 7}, {"name": "two", "connection_limit": 7}]
    with transaction(host, "two", "LOCK TABLE app.t"):
        refused(host, *entries)
    limits = host.rows("SELECT datname, datconnlimit FROM pg_database WHERE datname IN ('one', 'two') ORDER BY 1")
    assert limits == [("one", 7), ("two", -1)]
    assert {item["database"] for item in run(host, *entries)["statements"]} == {"two"}


def proven(outcome: dict[str, Any]) -> list[tuple[str, str]]:
    return [(proof["role"], proof["database"]) for proof in outcome["proof"]]


def test_every_role_that_was_touched_is_proven_everywhere(host: Server) -> None:
    roles = {"app": {"password": PASSWORD}, "readonly": {"name": "reader", "password": PASSWORD}}
    entries = [{"name": "one", "roles": roles}, {"name": "two", "roles": roles}]
    everything = [("one_app", "one"), ("reader", "one"), ("reader", "two"), ("two_app", "two")]
    assert sorted(proven(run(host, *entries))) == everything
    host.execute("ALTER ROLE reader CREATEDB")
    assert proven(run(host, *entries)) == [("reader", "one"), ("reader", "two")]
    host.execute("GRANT CREATE ON DATABASE two TO PUBLIC")
    assert proven(run(host, *entries)) == [("reader", "two"), ("two_app", "two")]
    assert proven(run(host, *entries)) == []


def test_who_cannot_log_in_is_not_asked_to(host: Server) -> None:
    entry = {
        "name": "shop",
        "model": "separated",
        "roles": {
            "app": {"password": PASSWORD, "connection_limit": 0},
            "migrator": {},
            "readonly": {"password": PASSWORD},
        },
    }
    assert proven(run(host, entry)) == [("shop_readonly", "shop")]
    assert proven(run(host, {**entry, "connection_limit": 0})) == []


def test_login_that_is_refused_is_told_with_what_stays(host: Server) -> None:
    late = {"name": "shop", "roles": {"app": {"password": PASSWORD, "valid_until": "2001-01-01"}}}
    error = refused(host, late)
    assert error.attempted == "log in over TCP as shop_app"
    assert (
        error.next_step
        == "set valid_until of shop_app to a later time: its password has expired; what was declared is in force"
    )
    assert texts(run(host, late)) == []
