# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What real tools left in the middle of a migration, recorded by scripts/migration_tools and built again here."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import OK, WARNING
from ansible_collections.aerovista.postgresql.tests.servers.health.patient import IsolatedServer
from ansible_collections.aerovista.postgresql.tests.servers.migrations.tools import look

RECORDED: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "recorded").glob("*.json"))
}
CASES = [(name, title) for name in RECORDED for title in ("first", "later")]
STUCK = "migrations.stuck"
WORK = "CREATE FUNCTION work() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN 1; END $$"
#: Tools that open no transaction: between their statements, the server shows nothing of them.
NO_TRANSACTION = ("sequelize-cli", "umzug")
#: Without a transaction and with a lock that is committed: any session may be the one at work.
ANY_SESSION = "knex-transaction-false"


def rebuild(patient: IsolatedServer, state: Mapping[str, Any]) -> None:
    """Make the tables with their rows."""
    patient.execute(WORK)
    for table in state["tables"]:
        name = f'"{table["schema"]}"."{table["name"]}"'
        columns = ", ".join(f'"{column}" {kind}' for column, kind in table["columns"])
        rows = json.dumps(table["rows"])
        patient.execute(
            f'CREATE SCHEMA IF NOT EXISTS "{table["schema"]}"',
            f"CREATE TABLE {name} ({columns})",
            f"INSERT INTO {name} SELECT * FROM jsonb_populate_recordset(NULL::{name}, $rows${rows}$rows$)",
        )


def _taken(locks: list[dict[str, Any]]) -> Iterator[str]:
    """Statements that take the locks again; the server's catalogs have the rest."""
    schemas = [lock["namespace"] for lock in locks if "namespace" in lock]
    for number, lock in enumerate(locks):
        if lock["type"] == "advisory":
            yield f"SELECT pg_advisory_lock({lock['key']})"
        elif lock["type"] == "relation" and "name" in lock:
            mode = re.sub(r"(?<!^)(?=[A-Z])", " ", lock["mode"].removesuffix("Lock"))
            yield f'LOCK TABLE "{lock["schema"]}"."{lock["name"]}" IN {mode} MODE'
        elif lock["type"] == "relation":
            assert schemas, "a relation that is not visible, in a schema that is not"
            yield f'CREATE TABLE "{schemas[0]}".unseen_{number} ()'


@contextmanager
def at_work(patient: IsolatedServer, recorded: Mapping[str, Any]) -> Iterator[None]:
    """A session of the tool with its locks, in its statement."""
    name = recorded["application"] or "psql"
    with patient.session(*_taken(recorded["locks"]), name=name) as connection:
        thread = threading.Thread(target=_work, args=(connection, recorded["query"]), daemon=True)
        thread.start()
        patient.until(f"SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = {connection.info.backend_pid}")
        try:
            yield
        finally:
            connection.cancel()
            thread.join(10)


def _work(connection: Any, query: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
    except psycopg2.Error:
        connection.rollback()


def seen(patient: IsolatedServer) -> list[list[str]]:
    return [[run.tool, run.state, run.status] for run in look(patient)]


@pytest.mark.parametrize(("name", "title"), CASES)
def test_a_tool_at_work_is_running(patient: IsolatedServer, name: str, title: str) -> None:
    recorded = RECORDED[name][title]
    rebuild(patient, recorded["at work"])
    with ExitStack() as stack:
        for session in recorded["at work"]["sessions"]:
            if session["state"] == "active":
                stack.enter_context(at_work(patient, session))
            elif session["locks"]:
                stack.enter_context(patient.session(*_taken(session["locks"])))
        ((_tool, state, status),) = found = seen(patient)
        expected = ("unknown", OK) if name in NO_TRANSACTION else ("running", OK)
        assert (state, status) == (("locked", WARNING) if name == ANY_SESSION else expected)
        assert found == recorded["verdicts"]["at work"]
        # The tool is dead, and the server goes on with its statement.
        assert [state, status] in [each[1:] for each in recorded["verdicts"]["killed, backend at work"]]


@pytest.mark.parametrize(("name", "title"), CASES)
def test_a_lock_that_stops_the_next_run_is_a_warning(patient: IsolatedServer, name: str, title: str) -> None:
    recorded = RECORDED[name][title]
    rebuild(patient, recorded["killed"])
    # The session that made the tables was closed just now, and may be at work for a moment.
    found = recorded["verdicts"]["killed"]
    patient.wait(lambda: seen(patient) == found, f"{name} is {found}")
    stops = "lock" in recorded["next"]["message"]
    assert [status for _tool, _state, status in found] == [WARNING if stops else OK] * len(found)
    if stops:
        assert patient.turned() == {STUCK: WARNING}


def test_which_tools_leave_a_lock() -> None:
    """Those whose next run fails for it; the others fail for a table that is there, or do not fail."""
    stopped = {name for name, title in CASES if "lock" in RECORDED[name][title]["next"]["message"]}
    assert stopped == {"knex-transaction-false", "liquibase", "yoyo"}
    failed = {name for name, title in CASES if RECORDED[name][title]["next"]["status"]}
    assert failed - stopped == set(NO_TRANSACTION)
