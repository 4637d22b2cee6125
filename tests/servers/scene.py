# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few words in which tests say what is declared, and what is in the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.manage import (
    DatabasesRequest,
    manage_cluster,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.servers.server import Server

PASSWORD = "a long enough pass phrase"

_Test = TypeVar("_Test", bound=Callable[..., Any])


def on(*majors: int) -> Callable[[_Test], _Test]:
    """The majors a test runs on, where it depends on them."""

    def marked(test: _Test) -> _Test:
        test.__dict__["majors"] = majors
        return test

    return marked


def next_too(test: _Test) -> _Test:
    """Mark a test that runs on the pre-release besides the majors that it runs on anyway."""
    test.__dict__["next_too"] = True
    return test


#: For what differs from major to major.
every_major = on(13, 14, 15, 16, 17, 18)


def run(
    server: Server,
    *databases: Mapping[str, Any],
    roles: Sequence[Mapping[str, Any]] = (),
    check: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """One run of the engine, in a hurry: what is waited for in a test does not end by itself."""
    options = {"public_connect": (), "lock_timeout_s": 1, "attempts": 1, **more}
    request = DatabasesRequest(version=server.major, cluster="main", databases=databases, roles=roles, **options)
    return {**manage_cluster(server.cluster, request, check=check).as_dict()}


def refused(server: Server, *databases: Mapping[str, Any], **more: Any) -> PgsopError:
    """The error of a run that is to fail."""
    with pytest.raises(PgsopError) as failed:
        run(server, *databases, **more)
    return failed.value


def texts(outcome: Mapping[str, Any]) -> list[str]:
    """Its statements."""
    return [item["statement"] for item in outcome["statements"]]


def told(outcome: Mapping[str, Any], topic: str) -> list[str]:
    """Its findings of one kind."""
    return [finding["message"] for finding in outcome["reported"] if finding["id"] == topic]


def exists(server: Server, name: str, what: str = "database") -> bool:
    """Whether there is such a database or role."""
    column, table = ("datname", "pg_database") if what == "database" else ("rolname", "pg_roles")
    return bool(server.rows(f"SELECT FROM {table} WHERE {column} = %(name)s", parameters={"name": name}))


@contextmanager
def transaction(server: Server, database: str, *statements: str) -> Iterator[Any]:
    """A session of somebody else in the middle of its work; it is rolled back."""
    connection = psycopg2.connect(**{**server.address(database), "application_name": "busy app"})
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        yield connection
    finally:
        connection.close()


@contextmanager
def soon(act: Callable[[], object], when: Callable[[], bool]) -> Iterator[None]:
    """Do something beside the block as soon as it has come to a point, which it has to."""
    came = threading.Event()

    def wait() -> None:
        deadline = time.monotonic() + 10
        while not when():
            if time.monotonic() > deadline:
                return
            time.sleep(0.02)
        came.set()
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    assert came.is_set(), "it never came to that point"


def waiting(server: Server) -> bool:
    """Whether a session of the engine waits for a lock."""
    return bool(
        server.rows("SELECT FROM pg_stat_activity WHERE application_name = 'pgsop' AND wait_event_type = 'Lock'")
    )


def ask(server: Server, role: str, statement: str, database: str = "shop", password: str = PASSWORD) -> Any:
    """What a role is answered that has logged in with its password."""
    address = {**server.address(database), "host": "127.0.0.1", "user": role, "password": password, "options": ""}
    connection = psycopg2.connect(**address)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()
