# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proof: one login, one question, every answer in words; and a refusal that says why, but never the password."""

from __future__ import annotations

import sys
import traceback
import types
from typing import Any, Self

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cluster import Cluster
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases import login_check
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.login_check import (
    phrases,
    verify_login,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.login import Login

CLUSTER = Cluster(17, "main", 5433, True, "postgres", "/d", "/c", "/log", "/var/run/postgresql")
PASSWORD = "correct-horse-battery"
LOGIN = Login("appuser", PASSWORD, "appdb", ["app"], ["postgres", "appdb", "other"])
COLUMNS = ("kind", "name", "privilege", "held", "total")

NO_RULE = 'FATAL:  no pg_hba.conf entry for host "127.0.0.1", no encryption\n'


class DriverError(Exception):
    """Stands for psycopg2.Error."""


class Driver(types.ModuleType):
    """Stands for the module psycopg2, its connection and its cursor."""

    Error = DriverError

    def __init__(self) -> None:
        super().__init__("psycopg2")
        self.description = [(name,) for name in COLUMNS]
        self.refuses: list[Exception | None] = []
        self.breaks: Exception | None = None
        self.rows: list[tuple[Any, ...]] = []
        self.asked: list[dict[str, Any]] = []
        self.statements: list[tuple[str, object]] = []
        self.autocommit = self.closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_arguments: object) -> None:
        pass

    def connect(self, **options: Any) -> Self:
        self.asked.append(options)
        refusal = self.refuses.pop(0) if self.refuses else None
        if refusal is not None:
            raise refusal
        return self

    def close(self) -> None:
        self.closed = True

    def cursor(self) -> Self:
        return self

    def execute(self, statement: str, parameters: object) -> None:
        self.statements.append((statement, parameters))
        if self.breaks is not None:
            raise self.breaks

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self.rows


@pytest.fixture(name="driver")
def _driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    driver = Driver()
    monkeypatch.setitem(sys.modules, "psycopg2", driver)
    return driver


@pytest.fixture(name="hints")
def _hints(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    given: list[tuple[Any, ...]] = []

    def next_step(*arguments: Any) -> str:
        given.append(arguments)
        return "do this"

    monkeypatch.setattr(login_check, "login_hint", next_step)
    return given


@pytest.mark.parametrize(
    ("answer", "may", "may_not"),
    [
        (("acts", "app_owner", "", 1, 1), "act as app_owner", None),
        (("database", "appdb", "CONNECT", 1, 1), "CONNECT to appdb", None),
        (("database", "postgres", "CONNECT", 0, 1), None, "CONNECT to postgres"),
        (("database", "appdb", "CREATE", 0, 1), None, "CREATE schemas in appdb"),
        (("database", "appdb", "TEMPORARY", 1, 1), "TEMPORARY tables in appdb", None),
        (("schema", "app", "USAGE", 1, 1), "USE schema app", None),
        (("schema", "public", "CREATE", 0, 1), None, "CREATE in schema public"),
        (("schema", "a{b}", "CREATE", 0, 1), None, "CREATE in schema a{b}"),
        (("tables", "app", "SELECT", 12, 12), "SELECT in all tables of schema app (12)", None),
        (("tables", "app", "DELETE", 1, 12), "DELETE in 1 of 12 tables of schema app", None),
        (("tables", "app", "ALTER", 0, 12), None, "ALTER in tables of schema app (12)"),
        (("attribute", "read pg_authid", "", 0, 1), None, "read pg_authid"),
        (("attribute", "superuser", "", 1, 1), "superuser", None),
    ],
)
def test_every_answer_becomes_a_phrase_on_one_side(
    answer: tuple[object, ...], may: str | None, may_not: str | None
) -> None:
    expected = tuple(() if phrase is None else (phrase,) for phrase in (may, may_not))
    assert phrases([dict(zip(COLUMNS, answer, strict=True))]) == expected


def test_login_is_by_the_role_over_loopback_and_asks_once(driver: Driver) -> None:
    driver.rows = [("database", "appdb", "CONNECT", 1, 1), ("schema", "public", "CREATE", 0, 1)]
    assert verify_login(CLUSTER, LOGIN).as_dict() == {
        "role": "appuser",
        "database": "appdb",
        "login": True,
        "may": ["CONNECT to appdb"],
        "may_not": ["CREATE in schema public"],
    }
    (options,) = driver.asked
    expected = {"host": "127.0.0.1", "port": 5433, "dbname": "appdb", "user": "appuser", "password": PASSWORD}
    assert {**expected, "application_name": "pgsop", "sslmode": "disable"}.items() <= options.items()
    assert options["connect_timeout"] > 0
    assert "statement_timeout" in options["options"]
    assert "search_path=pg_catalog" in options["options"]
    assert driver.statements == [(login_check.QUESTION, (["postgres", "other"], ["app", "public"]))]
    assert driver.autocommit
    assert driver.closed


@pytest.mark.parametrize("schemas", [["public"], ["app", "public"], ["public", "app"]])
def test_public_is_asked_about_once(driver: Driver, schemas: list[str]) -> None:
    verify_login(CLUSTER, Login("appuser", PASSWORD, "appdb", schemas, []))
    assert driver.statements == [(login_check.QUESTION, ([], schemas))]


def test_encryption_is_tried_only_where_a_rule_is_missing(driver: Driver) -> None:
    driver.refuses = [DriverError(NO_RULE)]
    assert verify_login(CLUSTER, LOGIN).login
    assert [options["sslmode"] for options in driver.asked] == ["disable", "require"]


def test_refused_login_is_told_with_the_next_step(driver: Driver, hints: list[tuple[Any, ...]]) -> None:
    driver.refuses = [DriverError('FATAL:  password authentication failed\n\tfor user "appuser"\n')]
    with pytest.raises(PgsopError) as failed:
        verify_login(CLUSTER, LOGIN)
    assert str(failed.value) == (
        "Cannot log in over TCP as appuser (127.0.0.1:5433/appdb): FATAL: password authentication failed for user"
        ' "appuser". Next step: do this; what was declared is in force'
    )
    answer = 'FATAL: password authentication failed for user "appuser"'
    assert hints == [(CLUSTER, "appuser", "appdb", PASSWORD, [answer])]
    assert len(driver.asked) == 1


def test_both_refusals_are_told(driver: Driver, hints: list[tuple[Any, ...]]) -> None:
    driver.refuses = [DriverError(NO_RULE), DriverError("server does not support SSL")]
    with pytest.raises(PgsopError, match="no encryption; encrypted: server does not support SSL"):
        verify_login(CLUSTER, LOGIN)
    assert len(hints[0][-1]) == 2


@pytest.mark.parametrize(
    "refusal",
    [
        DriverError(f"invalid dsn: password={PASSWORD} host=x"),
        ValueError(f"embedded null character in {PASSWORD}"),
        UnicodeEncodeError("utf-8", PASSWORD, 0, 1, "surrogates not allowed"),
    ],
)
def test_password_is_never_told(driver: Driver, hints: list[tuple[Any, ...]], refusal: Exception) -> None:
    driver.refuses = [refusal]
    with pytest.raises(PgsopError) as failed:
        verify_login(CLUSTER, LOGIN)
    assert PASSWORD not in "".join(traceback.format_exception(failed.value))
    assert PASSWORD not in repr(LOGIN)
    assert hints


def test_unanswered_question_is_told_and_the_connection_closed(driver: Driver) -> None:
    driver.breaks = DriverError("server closed the connection\nunexpectedly")
    with pytest.raises(PgsopError) as failed:
        verify_login(CLUSTER, LOGIN)
    assert str(failed.value) == (
        "Cannot ask the server what appuser may do (127.0.0.1:5433/appdb): server closed the connection unexpectedly."
        " Next step: look at the end of /log; the login itself works and what was declared is in force"
    )
    assert driver.closed


def test_question_has_as_many_parameters_as_are_given() -> None:
    """The driver reads a percent sign as one, wherever it stands."""
    assert login_check.QUESTION.count("%") == 2
