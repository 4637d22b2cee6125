# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections: what goes wrong is told in words, whatever the driver, or the lack of one."""

from __future__ import annotations

import builtins
import os
import pwd
import sys
import types
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Self

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import connect, is_ready
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.identity import effective_ids, effective_user

ME = pwd.getpwuid(os.getuid()).pw_name
CLUSTER = Cluster(17, "main", 5433, True, ME, "/d", "/c", "/var/log/postgresql/17.log", "/var/run/postgresql")


class DriverError(Exception):
    """Stands for psycopg2.Error."""


class Cursor:
    """Answers with one row, or fails."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.description = [("one",), ("two",)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_arguments: object) -> None:
        pass

    def execute(self, statement: str, parameters: object) -> None:
        if "broken" in statement:
            raise DriverError('relation "x"\ndoes not   exist\n')
        self.raw.statements.append((statement, parameters))

    def fetchall(self) -> list[tuple[int, int]]:
        return [(1, 2)]


class Raw:
    """Stands for a connection of psycopg2."""

    def __init__(self) -> None:
        self.autocommit = False
        self.closed = False
        self.statements: list[tuple[str, object]] = []
        self.server_encoding = "UTF8"
        self.encoding = "SQLASCII"

    def get_parameter_status(self, name: str) -> str:
        return str(getattr(self, name))

    def set_client_encoding(self, encoding: str) -> None:
        self.encoding = encoding

    def cursor(self) -> Cursor:
        return Cursor(self)

    def close(self) -> None:
        self.closed = True


class Driver(types.ModuleType):
    """Stands for the module psycopg2."""

    Error = DriverError

    def __init__(self) -> None:
        super().__init__("psycopg2")
        self.raw = Raw()
        self.asked: dict[str, Any] = {}
        self.refuses: list[Exception] = []
        self.extensions = types.SimpleNamespace(encodings={})

    def connect(self, **options: Any) -> Raw:
        self.asked = options
        for refusal in self.refuses:
            raise refusal
        return self.raw


@pytest.fixture(name="driver")
def _driver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    driver = Driver()
    monkeypatch.setitem(sys.modules, "psycopg2", driver)
    yield driver


def test_session_is_local_short_and_commits_by_itself(driver: Driver) -> None:
    with connect(CLUSTER, "app") as session:
        assert session.rows("SELECT 1, 2") == [{"one": 1, "two": 2}]
        assert session.value("SELECT %s, 2", (1,)) == 1
        session.execute("CHECKPOINT")
        assert driver.raw.autocommit
    assert driver.raw.closed
    assert driver.raw.statements == [("SELECT 1, 2", None), ("SELECT %s, 2", (1,)), ("CHECKPOINT", None)]
    expected = {"host": "/var/run/postgresql", "port": 5433, "dbname": "app", "user": ME, "application_name": "pgsop"}
    assert expected.items() <= driver.asked.items()
    assert driver.asked["connect_timeout"] > 0
    assert "statement_timeout" in driver.asked["options"]
    assert "password" not in driver.asked


#: Client encoding in which a session is by the encoding of its database, and in which it is if it takes bytes.
ENCODINGS = {
    "UTF8": ("SQLASCII", "SQLASCII"),
    "SQL_ASCII": ("SQLASCII", "SQLASCII"),
    "MULE_INTERNAL": ("SQLASCII", "SQLASCII"),
    "LATIN1": ("UTF8", "SQLASCII"),
    "EUC_JP": ("UTF8", "SQLASCII"),
}


@pytest.mark.parametrize("server", ENCODINGS)
@pytest.mark.parametrize("verbatim", [False, True])
def test_server_converts_what_it_can_unless_bytes_are_wanted(driver: Driver, server: str, verbatim: bool) -> None:
    driver.raw.server_encoding = server
    with connect(CLUSTER, verbatim=verbatim) as session:
        assert driver.raw.encoding == ENCODINGS[server][verbatim]
        before = driver.raw.encoding
        with session.verbatim():
            assert driver.raw.encoding in ("SQLASCII", "SQL_ASCII")
        assert driver.raw.encoding == before
        with pytest.raises(ZeroDivisionError), session.verbatim():
            raise ZeroDivisionError
        assert driver.raw.encoding == before


def test_refused_connection_is_told_with_the_next_step(driver: Driver) -> None:
    driver.refuses = [DriverError("FATAL:  the database system\n\tis starting up\n")]
    with pytest.raises(PgsopError) as failed, connect(CLUSTER):
        pass
    assert str(failed.value) == (
        "Cannot query the server (cluster 17/main, port 5433, database postgres):"
        " FATAL: the database system is starting up. Next step: look at 'systemctl status postgresql@17-main.service'"
        " and the end of /var/log/postgresql/17.log"
    )


def test_failed_statement_is_told_and_the_connection_closed(driver: Driver) -> None:
    with pytest.raises(PgsopError, match='relation "x" does not exist'), connect(CLUSTER) as session:
        session.rows("SELECT broken")
    assert driver.raw.closed


def test_error_of_the_engine_passes_and_the_connection_is_closed(driver: Driver) -> None:
    refusal = PgsopError(attempted="act", target="x", answer="no", next_step="look")
    with pytest.raises(PgsopError) as failed, connect(CLUSTER):
        raise refusal
    assert failed.value is refusal
    assert driver.raw.closed


def test_missing_driver_is_told_with_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = builtins.__import__

    def without(name: str, *arguments: Any, **more: Any) -> Any:
        if name == "psycopg2":
            raise ImportError("No module named 'psycopg2'")
        return imported(name, *arguments, **more)

    monkeypatch.delitem(sys.modules, "psycopg2", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with (
        pytest.raises(
            PgsopError, match=r"No module named 'psycopg2'\. Next step: install the package python3-psycopg2"
        ),
        connect(CLUSTER),
    ):
        pass
    assert not is_ready(CLUSTER)


def test_owner_that_does_not_exist_is_told_in_words(driver: Driver) -> None:
    """The number stands for the owner of a data folder whose account was removed."""
    stranger = replace(CLUSTER, owner="4000123")
    with pytest.raises(PgsopError, match="4000123"), connect(stranger):
        pass
    assert not is_ready(stranger)


def test_only_an_answered_query_proves_that_a_server_is_up(driver: Driver) -> None:
    assert is_ready(CLUSTER)
    driver.refuses = [DriverError("could not connect")]
    assert not is_ready(CLUSTER)


# acting as another user


@pytest.fixture(name="ids")
def _ids(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    calls: list[tuple[str, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "setegid", lambda number: calls.append(("group", number)))
    monkeypatch.setattr(os, "seteuid", lambda number: calls.append(("user", number)))
    return calls


def test_root_acts_as_the_user_and_comes_back(ids: list[tuple[str, int]]) -> None:
    account = pwd.getpwnam("nobody")
    with effective_user("nobody"):
        assert ids == [("group", account.pw_gid), ("user", account.pw_uid)]
    assert ids[2:] == [("user", 0), ("group", 0)]


def test_root_comes_back_after_an_error(ids: list[tuple[str, int]]) -> None:
    with pytest.raises(ValueError, match="x"), effective_ids(5, 6):
        raise ValueError("x")
    assert ids == [("group", 6), ("user", 5), ("user", 0), ("group", 0)]


def test_nobody_but_root_changes(ids: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with effective_ids(5, 6):
        pass
    assert ids == []
