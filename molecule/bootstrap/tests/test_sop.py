# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section 2 of the SOP, as converge.yml declares it in five lines: the SOP's own connection string works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from bed.hosts import CONVERGE

if TYPE_CHECKING:
    from bootstrap.tests.conftest import Site
    from conftest import Server
    from testinfra.backend.base import CommandResult
    from testinfra.host import Host

DSN = "postgresql://appuser@localhost:5432/appdb?sslmode=disable"


@pytest.fixture(scope="module")
def inventory() -> dict[str, Any]:
    """What converge.yml declares, with the password in its place."""
    variables: dict[str, Any] = yaml.safe_load(CONVERGE.read_text(encoding="utf-8"))[0]["vars"]
    app = variables["pg_bootstrap_databases"][0]["roles"]["app"]
    app["password"] = variables["vault_appuser_password"]
    return variables


@pytest.fixture(scope="module")
def password(inventory: dict[str, Any]) -> str:
    return str(inventory["vault_appuser_password"])


def psql(host: Host, password: str, statement: str, dsn: str = DSN) -> CommandResult:
    command = "PGPASSWORD=%s psql -XAtqw -v ON_ERROR_STOP=1 %s -c %s"
    return host.run(command, password, dsn, statement)


def test_dsn_of_the_sop_logs_in_and_makes_and_uses_a_table_in_app(host: Host, server: Server, password: str) -> None:
    work = (
        "CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY, place text); INSERT INTO visit (place) VALUES ('Oslo');"
        " UPDATE visit SET place = 'Bergen'; SELECT id, place, tableoid::regclass FROM visit; DELETE FROM visit"
    )
    answer = psql(host, password, work)
    owner = server.sql("SELECT schemaname || ' ' || tableowner FROM pg_tables WHERE tablename = 'visit'", "appdb")
    cleaned = psql(host, password, "DROP TABLE app.visit")
    assert answer.stdout == "1|Bergen|visit\n", answer.stderr
    assert owner == "app appuser"
    assert cleaned.rc == 0, cleaned.stderr


def test_password_may_stand_in_the_connection_string_or_a_file(host: Host, password: str) -> None:
    inside = DSN.replace("appuser@", f"appuser:{password}@")
    assert host.check_output("psql -XAtqw %s -c %s", inside, "SELECT current_user") == "appuser"
    line = f"localhost:5432:appdb:appuser:{password}"
    script = "umask 077; echo %s >/tmp/pgpass; PGPASSFILE=/tmp/pgpass psql -XAtqw %s -c %s; rm /tmp/pgpass"
    assert host.check_output(script, line, DSN, "SELECT current_user") == "appuser"


def test_appuser_sees_app_first_and_public_after_it(host: Host, password: str) -> None:
    assert psql(host, password, "SHOW search_path").stdout == "app, public\n"
    assert psql(host, password, "SELECT current_schemas(false)").stdout == "{app,public}\n"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE public.mine ()",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SET ROLE postgres",
        "CREATE SCHEMA mine",
    ],
)
def test_appuser_may_not(host: Host, password: str, statement: str) -> None:
    answer = psql(host, password, statement)
    assert answer.rc == 1
    assert "permission denied" in answer.stderr


@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_appuser_does_not_get_into_other_databases(host: Host, password: str, database: str) -> None:
    answer = psql(host, password, "SELECT 1", DSN.replace("appdb", database))
    assert answer.rc == 2
    assert f'permission denied for database "{database}"' in answer.stderr


def test_database_is_utf8_from_template0_and_belongs_to_the_administrator(server: Server) -> None:
    query = "SELECT pg_encoding_to_char(encoding), pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'appdb'"
    assert server.sql(query) == "UTF8|postgres"


def test_password_is_kept_as_a_scram_verifier_of_4096_iterations(server: Server) -> None:
    query = "SELECT left(rolpassword, 19) FROM pg_authid WHERE rolname = 'appuser'"
    assert server.sql(query) == "SCRAM-SHA-256$4096:"


def test_next_run_changes_nothing_and_asks_the_host_twice(site: Site, inventory: dict[str, Any]) -> None:
    before = site.state("appdb")
    result = site.role(inventory["pg_bootstrap_databases"], check=False, verbosity=3)
    assert result.rc == 0, result.output
    assert result.changed == 0, result.output
    # Once before anything changes, and once to compare.
    assert result.remote_modules == 2
    assert site.state("appdb") == before
