# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New databases: as declared, or not there, or closed until the next run."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.create import create_database
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.desired import DesiredDatabase
from ansible_collections.aerovista.postgresql.tests.servers.scene import (
    PASSWORD,
    exists,
    on,
    refused,
    run,
    soon,
    texts,
    transaction,
    waiting,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

#: Its schema is not there, which nobody can know before.
FAILS: dict[str, Any] = {"name": "bad", "extensions": [{"name": "citext", "schema": "nowhere"}]}


@pytest.mark.parametrize(
    ("more", "statement"),
    [
        ({}, "CREATE DATABASE d TEMPLATE template0 ENCODING 'UTF8' CONNECTION LIMIT 0"),
        ({"name": "My db"}, "CREATE DATABASE \"My db\" TEMPLATE template0 ENCODING 'UTF8' CONNECTION LIMIT 0"),
        (
            {"encoding": "LATIN1", "locale": "C"},
            "CREATE DATABASE d TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' CONNECTION LIMIT 0",
        ),
        # a template with its own encoding gives it on
        ({"template": "template1"}, "CREATE DATABASE d TEMPLATE template1 CONNECTION LIMIT 0"),
    ],
)
def test_database_is_made_closed(more: dict[str, Any], statement: str) -> None:
    assert create_database(DesiredDatabase(**{"name": "d", "owner": "o", "schemas": {}, **more})).text == statement


@on(13, 17)
def test_encoding_and_locale_are_those_declared(host: Server) -> None:
    run(
        host,
        {"name": "one", "encoding": "LATIN1", "locale": "C"},
        {"name": "two"},
        {"name": "three", "template": "template1"},
    )
    found = host.rows(
        "SELECT datname, pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname !~ '^(t|p).*[0-9s]$'"
    )
    assert sorted(found) == [("one", "LATIN1", "C", "C"), ("three", "UTF8", "C", "C"), ("two", "UTF8", "C", "C")]


def test_new_database_that_fails_is_dropped_again(host: Server) -> None:
    error = refused(host, {"name": "good"}, FAILS, {"name": "later"})
    assert error.attempted == "run CREATE EXTENSION citext SCHEMA nowhere"
    assert error.answer.startswith('schema "nowhere" does not exist')
    assert error.answer.endswith("what was new and not complete was dropped again: bad, later")
    assert [exists(host, name) for name in ("good", "bad", "later")] == [True, False, False]
    ((limit,),) = host.rows("SELECT datconnlimit FROM pg_database WHERE datname = 'good'")
    assert limit == -1


def test_database_that_was_there_is_not_dropped(host: Server) -> None:
    run(host, {"name": "bad"})
    error = refused(host, FAILS)
    assert "dropped" not in error.answer
    assert exists(host, "bad")


def test_database_that_cannot_be_made_is_told(host: Server) -> None:
    with transaction(host, "template1", "SELECT 1"):
        error = refused(host, {"name": "one"}, {"name": "two", "template": "template1"})
    assert error.attempted == "run CREATE DATABASE two TEMPLATE template1 CONNECTION LIMIT 0"
    assert 'source database "template1" is being accessed by other users' in error.answer
    assert error.answer.endswith("dropped again: one")
    assert not exists(host, "one")


def test_unfinished_database_is_closed_and_completed_by_the_next_run(host: Server) -> None:
    """The server dies at a statement that waits for a lock, so nobody can take anything back."""
    entry = {"name": "shop", "roles": {"app": {"password": PASSWORD}}}
    host.execute("CREATE ROLE other")
    run(host, {"name": "first"})
    host.execute("CREATE TABLE app.t (a int)", database="first")
    with transaction(host, "first", "LOCK TABLE app.t"), soon(lambda: host.stop(signal.SIGQUIT), lambda: waiting(host)):
        error = refused(host, {"name": "first"}, entry, lock_timeout_s=5)
    host.start()
    assert "closed to everybody, to be completed by the next run: shop" in error.answer
    ((limit,),) = host.rows("SELECT datconnlimit FROM pg_database WHERE datname = 'shop'")
    assert limit == 0
    outcome = run(host, {"name": "first"}, entry)
    assert "ALTER DATABASE shop CONNECTION LIMIT -1" in texts(outcome)
    assert [proof["role"] for proof in outcome["proof"]] == ["shop_app"]
    assert texts(run(host, {"name": "first"}, entry)) == []
