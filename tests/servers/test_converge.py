# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One transaction: all of it or nothing, again where others were in the way, and no secret in any log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import scram
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection import Session
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.converge import (
    Tries,
    converge,
)
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.statement import Statement
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.tests.servers.scene import (
    PASSWORD,
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

SHOP: dict[str, Any] = {"name": "shop"}


class Once:
    """A plan that is fulfilled once its statements were run in a transaction."""

    def __init__(self, *statements: str) -> None:
        self.statements = [Statement(text) for text in statements]
        self.asked: list[Session] = []

    def __call__(self, session: Session) -> Sequence[Statement]:
        again = session in self.asked
        self.asked.append(session)
        return () if again else self.statements

    @property
    def attempts(self) -> int:
        """How many sessions there were."""
        return len(set(self.asked))


def converged(server: Server, *statements: str, attempts: int = 1) -> Once:
    plan = Once(*statements)
    converge(server.cluster, "postgres", plan, Tries(attempts, 1))
    return plan


def failed(server: Server, *statements: str) -> PgsopError:
    with pytest.raises(PgsopError) as error:
        converged(server, *statements)
    return error.value


def roles(server: Server) -> set[str]:
    return {name for (name,) in server.rows("SELECT rolname FROM pg_roles WHERE rolname ~ '^r_'")}


def test_all_of_it_is_done(host: Server) -> None:
    converged(host, "CREATE ROLE r_a", "CREATE ROLE r_b")
    assert roles(host) == {"r_a", "r_b"}


def test_nothing_is_done_where_one_fails(host: Server) -> None:
    error = failed(host, "CREATE ROLE r_a", "GRANT r_nobody TO r_a")
    assert roles(host) == set()
    assert str(error) == (
        'Cannot run GRANT r_nobody TO r_a (database postgres): role "r_nobody" does not exist; nothing was changed in this'
        " database. Next step: mend what the server names, then run again"
    )


def test_nothing_is_done_where_something_would_be_left(host: Server) -> None:
    with pytest.raises(PgsopError) as error:
        converge(host.cluster, "postgres", lambda _session: [Statement("CREATE ROLE r_a")], Tries())
    assert roles(host) == set()
    assert "after 1 statements these would still be left: CREATE ROLE r_a; nothing was changed" in error.value.answer


def test_nothing_is_planned_twice_where_nothing_is_to_be_done(host: Server) -> None:
    assert len(converged(host).asked) == 1


@on(13, 17)
def test_warning_that_nothing_was_granted_is_a_failure(host: Server) -> None:
    host.execute("CREATE ROLE r_a", "CREATE TABLE public.t (a int)")
    try:
        error = failed(
            host,
            "SET LOCAL ROLE r_a",
            "RESET ROLE",
            "REVOKE ALL ON public.t FROM r_a",
            "SET ROLE r_a",
            "GRANT SELECT ON public.t TO r_a",
        )
        assert "permission denied" in error.answer
        host.execute("GRANT SELECT ON public.t TO r_a WITH GRANT OPTION", "CREATE ROLE r_b")
        error = failed(host, "SET ROLE r_a", "GRANT SELECT, INSERT ON public.t TO r_b")
        assert "it warned: not all privileges were granted" in error.answer
        assert host.rows("SELECT has_table_privilege('r_b', 'public.t', 'SELECT')") == [(False,)]
    finally:
        host.execute("DROP TABLE public.t")


def test_warning_of_another_kind_is_none(host: Server) -> None:
    converged(host, "DO $$ BEGIN RAISE WARNING 'mind the gap'; END $$", "CREATE ROLE r_a")
    assert roles(host) == {"r_a"}


def test_what_cannot_do_better_is_not_tried_again(host: Server) -> None:
    plan = Once("GRANT r_nobody TO r_a")
    with pytest.raises(PgsopError):
        converge(host.cluster, "postgres", plan, Tries(3, 1))
    assert plan.attempts == 1


def test_role_of_a_statement_is_its_own_only(host: Server) -> None:
    host.execute("CREATE ROLE r_a CREATEROLE")
    plan = Once()
    plan.statements = [Statement("CREATE ROLE r_b", as_role="r_a"), Statement("CREATE ROLE r_c SUPERUSER")]
    converge(host.cluster, "postgres", plan, Tries())
    assert roles(host) == {"r_a", "r_b", "r_c"}


# others in the way


@on(13, 16, 17, 18)
def test_who_changes_the_same_rows_is_waited_for(host: Server) -> None:
    """The second of two GRANTs waits for the first and is refused then: tuple concurrently updated."""
    host.execute("CREATE ROLE r_a", "CREATE ROLE r_b", "CREATE SCHEMA s")
    try:
        with (
            transaction(host, "postgres", "GRANT USAGE ON SCHEMA s TO r_a") as other,
            soon(other.commit, lambda: waiting(host)),
        ):
            assert converged(host, "GRANT USAGE ON SCHEMA s TO r_b", attempts=2).attempts == 2
        found = host.rows("SELECT has_schema_privilege('r_a', 's', 'USAGE'), has_schema_privilege('r_b', 's', 'USAGE')")
        assert found == [(True, True)]
    finally:
        host.execute("DROP SCHEMA s")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {}",
        "ALTER ROLE r_a IN DATABASE postgres SET work_mem TO '{}MB'",
    ],
)
def test_who_writes_the_same_new_row_is_waited_for(host: Server, statement: str) -> None:
    host.execute("CREATE ROLE r_a", 'CREATE ROLE "8"', 'CREATE ROLE "9"')
    eight, nine = (
        statement.format('"8"' if "TABLES" in statement else 8),
        statement.format('"9"' if "TABLES" in statement else 9),
    )
    with transaction(host, "postgres", eight) as other, soon(other.commit, lambda: waiting(host)):
        assert converged(host, nine, attempts=2).attempts == 2


def test_lock_is_waited_for_as_often_as_said(host: Server) -> None:
    run(host, SHOP)
    host.execute("CREATE TABLE app.t (a int)", database="shop")
    position = host.log_size()

    def given_up_once() -> bool:
        return "canceling statement" in host.log_from(position)

    with transaction(host, "shop", "LOCK TABLE app.t") as other, soon(other.rollback, given_up_once):
        outcome = run(host, SHOP, attempts=3)
    assert "ALTER TABLE app.t OWNER TO shop_app" in texts(outcome)


def test_who_holds_the_lock_is_named(host: Server) -> None:
    run(host, SHOP)
    host.execute("CREATE TABLE app.t (a int)", database="shop")
    with transaction(host, "shop", "LOCK TABLE app.t") as other:
        error = refused(host, SHOP, attempts=2)
        pid = other.get_backend_pid()
    assert error.attempted == "run ALTER TABLE app.t OWNER TO shop_app"
    assert f"process {pid} of" in error.answer
    assert "(busy app)" in error.answer
    assert "LOCK TABLE" not in error.answer, "somebody else's statement may hold a password"
    assert "nothing was changed in this database" in error.answer
    assert "pg_terminate_backend" in error.next_step
    assert host.rows("SELECT tableowner FROM pg_tables WHERE tablename = 't'", "shop") != [("shop_app",)]


def test_session_that_is_ended_is_told(host: Server) -> None:
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgsop' AND wait_event_type = 'Lock'"
    run(host, SHOP)
    host.execute("CREATE TABLE app.t (a int)", database="shop")
    with transaction(host, "shop", "LOCK TABLE app.t"), soon(lambda: host.execute(kill), lambda: waiting(host)):
        error = refused(host, SHOP, attempts=3)
    assert "nothing was changed in this database" in error.answer
    assert "the next run completes the rest" in error.next_step


# secrets


LOUD = (
    "log_statement = 'all'", "log_min_duration_statement = 0", "log_duration = on", "log_min_error_statement = 'debug5'",
    "debug_print_parse = on", "debug_print_plan = on",
)  # fmt: skip


@on(13, 16, 17, 18)
def test_verifier_reaches_no_log(host: Server) -> None:
    database = "postgres"
    host.execute(*(f"ALTER DATABASE {database} SET {setting}" for setting in LOUD))
    position = host.log_size()
    try:
        run(host, {"name": "shop", "roles": {"app": {"password": PASSWORD}}})
    finally:
        host.execute(f"ALTER DATABASE {database} RESET ALL")
    log = host.log_from(position)
    assert "CREATE ROLE shop_app" in log
    assert "duration:" in log
    assert not [line for line in log.splitlines() if PASSWORD in line or "SCRAM-SHA-256$" in line]
    ((stored,),) = host.rows("SELECT rolpassword FROM pg_authid WHERE rolname = 'shop_app'")
    assert scram.matches(PASSWORD, stored)


def test_log_goes_on_after_the_secret(host: Server) -> None:
    position = host.log_size()
    plan = Once()
    plan.statements = [
        Statement("CREATE ROLE r_a"),
        Statement("ALTER ROLE r_a PASSWORD 'x'", shown="..."),
        Statement("CREATE ROLE r_b"),
    ]
    converge(host.cluster, "postgres", plan, Tries())
    log = host.log_from(position)
    assert ["CREATE ROLE r_a" in log, "PASSWORD 'x'" in log, "CREATE ROLE r_b" in log] == [True, False, True]


def test_secret_that_fails_is_told_as_it_is_shown(host: Server) -> None:
    position = host.log_size()
    plan = Once()
    plan.statements = [
        Statement("ALTER ROLE r_nobody PASSWORD 'the secret'", shown="ALTER ROLE r_nobody PASSWORD '********'")
    ]
    with pytest.raises(PgsopError) as error:
        converge(host.cluster, "postgres", plan, Tries())
    assert "'********'" in str(error.value)
    assert "the secret" not in str(error.value)
    assert "the secret" not in host.log_from(position)
