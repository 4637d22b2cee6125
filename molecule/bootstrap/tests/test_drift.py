# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody changes privileges, owners, roles and settings by hand: --check names each, one converge repairs all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bootstrap.tests.conftest import Site
    from conftest import PlayResult, Server

#: These tests do not depend on the platform.
PLATFORM = "last"

CANARY = "canary-Drift-5e0b93"
LOGIN = {"password": CANARY}
DEPOT = {
    "name": "depot",
    "roles": {"app": LOGIN, "readonly": {"name": "depot_ro", **LOGIN}},
    "grants": [
        {"to": ["auditor"], "privileges": ["CONNECT"], "type": "database"},
        {"to": ["auditor"], "privileges": ["USAGE"], "type": "schema"},
        {"to": ["auditor"], "privileges": ["SELECT"], "objects": ["invoice"], "columns": ["number"]},
    ],
}
LEDGER = {
    "name": "ledger",
    "model": "separated",
    "roles": {"app": {**LOGIN, "settings": {"statement_timeout": "30s"}}, "migrator": LOGIN},
}
ROLES: list[dict[str, Any]] = [
    {"name": "auditor", **LOGIN},
    {"name": "clerk", **LOGIN, "connection_limit": 3, "member_of": ["readers"]},
    {"name": "readers", "login": False},
]
OBJECTS = """
CREATE TABLE app.invoice (number int, total int); CREATE TABLE app.lent (); CREATE TABLE app.ring (); CREATE TABLE app.moved ();
CREATE SEQUENCE app.counter; CREATE SEQUENCE app.moved_number; CREATE SEQUENCE app.bereft; CREATE TYPE app.mood AS ENUM ('good');
CREATE FUNCTION app.answer() RETURNS int LANGUAGE sql AS 'SELECT 42';
CREATE FUNCTION app.moved_answer() RETURNS int LANGUAGE sql AS 'SELECT 42'
"""
LENT = "GRANT SELECT ON app.lent TO auditor WITH GRANT OPTION; SET ROLE auditor; GRANT SELECT ON app.lent TO depot_ro"
RING = """GRANT USAGE ON SCHEMA app TO clerk; GRANT UPDATE ON app.ring TO auditor, clerk WITH GRANT OPTION;
SET ROLE auditor; GRANT UPDATE ON app.ring TO clerk WITH GRANT OPTION;
SET ROLE clerk; GRANT UPDATE ON app.ring TO auditor WITH GRANT OPTION; RESET ROLE;
REVOKE UPDATE ON app.ring FROM auditor, clerk CASCADE; REVOKE USAGE ON SCHEMA app FROM clerk"""
#: What is done by hand: name, database, statements, and what --check has to say about it.
BY_HAND: list[tuple[str, str, str, str]] = [
    # everybody
    ("public-connect", "depot", "GRANT CONNECT ON DATABASE depot TO PUBLIC", r"REVOKE CONNECT ON DATABASE depot FROM PUBLIC"),
    ("public-temporary", "ledger", "GRANT TEMP ON DATABASE ledger TO PUBLIC", r"REVOKE TEMPORARY ON DATABASE ledger FROM PUBLIC"),
    ("public-connect-elsewhere", "postgres", "GRANT CONNECT ON DATABASE postgres TO PUBLIC", r"REVOKE CONNECT ON DATABASE postgres FROM PUBLIC"),
    ("public-schema", "depot", "GRANT USAGE ON SCHEMA app TO PUBLIC", r"REVOKE USAGE ON SCHEMA app FROM PUBLIC"),
    ("public-table", "depot", "GRANT SELECT ON app.invoice TO PUBLIC", r"REVOKE SELECT ON TABLE app\.invoice FROM PUBLIC"),
    ("public-sequence", "depot", "GRANT USAGE ON SEQUENCE app.counter TO PUBLIC", r"REVOKE USAGE ON SEQUENCE app\.counter FROM PUBLIC"),
    ("public-function", "depot", "GRANT EXECUTE ON FUNCTION app.answer() TO PUBLIC", r"REVOKE EXECUTE ON ROUTINE app\.answer\(\) FROM PUBLIC"),
    ("create-on-public", "depot", "GRANT CREATE ON SCHEMA public TO PUBLIC", r"REVOKE CREATE ON SCHEMA public FROM PUBLIC"),
    ("create-on-public-by-role", "ledger", "GRANT CREATE ON SCHEMA public TO ledger_app", r"REVOKE CREATE ON SCHEMA public FROM ledger_app"),
    # attributes and passwords
    ("superuser", "depot", "ALTER ROLE depot_app SUPERUSER", r"ALTER ROLE depot_app WITH .*\bNOSUPERUSER"),
    ("createrole", "depot", "ALTER ROLE depot_ro CREATEROLE", r"ALTER ROLE depot_ro WITH .*\bNOCREATEROLE"),
    ("createdb", "depot", "ALTER ROLE auditor CREATEDB", r"ALTER ROLE auditor WITH .*\bNOCREATEDB"),
    ("bypassrls", "ledger", "ALTER ROLE ledger_app BYPASSRLS", r"ALTER ROLE ledger_app WITH .*\bNOBYPASSRLS"),
    ("replication", "ledger", "ALTER ROLE ledger_app REPLICATION", r"ALTER ROLE ledger_app WITH .*\bNOREPLICATION"),
    ("noinherit", "depot", "ALTER ROLE auditor NOINHERIT", r"ALTER ROLE auditor WITH .*\bINHERIT"),
    ("login", "ledger", "ALTER ROLE ledger_owner LOGIN", r"ALTER ROLE ledger_owner WITH .*\bNOLOGIN"),
    ("nologin", "ledger", "ALTER ROLE ledger_migrator NOLOGIN", r"ALTER ROLE ledger_migrator WITH .*\bLOGIN"),
    ("role-connection-limit", "depot", "ALTER ROLE clerk CONNECTION LIMIT 0", r"ALTER ROLE clerk WITH .*CONNECTION LIMIT 3"),
    ("valid-until", "depot", "ALTER ROLE clerk VALID UNTIL '2020-01-01'", r"ALTER ROLE clerk WITH .*VALID UNTIL 'infinity'"),
    ("password", "depot", "ALTER ROLE clerk PASSWORD 'somebody-knows-it'", r"ALTER ROLE clerk PASSWORD '\*{8}'"),
    ("no-password", "depot", "ALTER ROLE depot_ro PASSWORD NULL", r"ALTER ROLE depot_ro PASSWORD '\*{8}'"),
    # owners
    ("database-owner", "depot", "ALTER DATABASE depot OWNER TO depot_app", r"ALTER DATABASE depot OWNER TO postgres"),
    ("schema-owner", "ledger", "ALTER SCHEMA app OWNER TO ledger_migrator", r"ALTER SCHEMA app OWNER TO ledger_owner"),
    ("table-owner", "depot", "ALTER TABLE app.moved OWNER TO clerk", r"ALTER TABLE app\.moved OWNER TO depot_app"),
    ("sequence-owner", "depot", "ALTER SEQUENCE app.moved_number OWNER TO clerk", r"ALTER SEQUENCE app\.moved_number OWNER TO depot_app"),
    ("function-owner", "depot", "ALTER FUNCTION app.moved_answer() OWNER TO outsider", r"ALTER ROUTINE app\.moved_answer\(\) OWNER TO depot_app"),
    ("owner-without-rights", "depot", "REVOKE ALL ON app.bereft FROM depot_app", r"GRANT .* ON SEQUENCE app\.bereft TO depot_app"),
    # objects
    ("schema-create", "depot", "GRANT CREATE ON SCHEMA app TO depot_ro", r"REVOKE CREATE ON SCHEMA app FROM depot_ro"),
    ("database-create", "ledger", "GRANT CREATE ON DATABASE ledger TO ledger_app", r"REVOKE CREATE ON DATABASE ledger FROM ledger_app"),
    ("not-in-the-list", "depot", "GRANT DELETE ON app.invoice TO auditor", r"REVOKE DELETE ON TABLE app\.invoice FROM auditor"),
    ("column", "depot", "GRANT UPDATE (total) ON app.invoice TO auditor", r"REVOKE UPDATE \(total\) ON TABLE app\.invoice FROM auditor"),
    ("declared-column-revoked", "depot", "REVOKE SELECT (number) ON app.invoice FROM auditor", r"GRANT SELECT \(number\) ON TABLE app\.invoice TO auditor"),
    ("declared-revoked", "ledger", "REVOKE INSERT ON app.invoice FROM ledger_app", r"GRANT INSERT ON TABLE app\.invoice TO ledger_app"),
    ("declared-connect-revoked", "ledger", "REVOKE CONNECT ON DATABASE ledger FROM ledger_app", r"GRANT CONNECT ON DATABASE ledger TO ledger_app"),
    ("grant-option", "depot", "GRANT SELECT ON app.invoice TO depot_ro WITH GRANT OPTION",
     r"REVOKE GRANT OPTION FOR SELECT ON TABLE app\.invoice FROM depot_ro"),
    ("type", "depot", "GRANT USAGE ON TYPE app.mood TO auditor", r"REVOKE USAGE ON TYPE app\.mood FROM auditor"),
    ("delegated-grant", "depot", LENT, r"SET LOCAL ROLE auditor; REVOKE SELECT ON TABLE app\.lent FROM depot_ro; RESET ROLE"),
    ("grant-option-cycle", "depot", RING, r"SET LOCAL ROLE clerk; REVOKE UPDATE ON TABLE app\.ring FROM auditor; RESET ROLE"),
    # memberships
    ("member", "ledger", "GRANT ledger_owner TO ledger_app", r"REVOKE ledger_owner FROM ledger_app\b"),
    ("member-with-admin", "ledger", "GRANT ledger_owner TO ledger_migrator WITH ADMIN OPTION",
     r"REVOKE ADMIN OPTION FOR ledger_owner FROM ledger_migrator\b"),
    ("predefined-role", "depot", "GRANT pg_read_all_data TO depot_ro", r"REVOKE pg_read_all_data FROM depot_ro\b"),
    ("outsider-as-member", "depot", "GRANT depot_app TO outsider", r"REVOKE depot_app FROM outsider\b"),
    ("declared-member-revoked", "depot", "REVOKE readers FROM clerk", r"GRANT readers TO clerk\b"),
    # settings
    ("search-path-of-database", "depot", "ALTER DATABASE depot SET search_path TO public", r"ALTER DATABASE depot SET search_path TO app, public"),
    ("search-path-of-role", "depot", "ALTER ROLE depot_app SET search_path TO public", r"ALTER ROLE depot_app RESET search_path"),
    ("setting-of-role-in-database", "depot", "ALTER ROLE depot_ro IN DATABASE depot SET work_mem TO '1GB'",
     r"ALTER ROLE depot_ro IN DATABASE depot RESET work_mem"),
    ("declared-setting", "ledger", "ALTER ROLE ledger_app IN DATABASE ledger SET statement_timeout TO 0",
     r"ALTER ROLE ledger_app IN DATABASE ledger SET statement_timeout TO '30s'"),
    ("declared-role-setting", "ledger", "ALTER ROLE ledger_migrator IN DATABASE ledger RESET role",
     r"ALTER ROLE ledger_migrator IN DATABASE ledger SET role TO '?ledger_owner'?"),
    ("parameter", "depot", "GRANT SET, ALTER SYSTEM ON PARAMETER log_statement TO depot_app",
     r"REVOKE SET, ALTER SYSTEM ON PARAMETER log_statement FROM depot_app"),
    ("template", "ledger", "ALTER DATABASE ledger IS_TEMPLATE true", r"ALTER DATABASE ledger IS_TEMPLATE false"),
    ("database-connection-limit", "ledger", "ALTER DATABASE ledger CONNECTION LIMIT 7", r"ALTER DATABASE ledger CONNECTION LIMIT -1"),
]  # fmt: skip
#: The same for privileges of objects that are made later: what follows ALTER DEFAULT PRIVILEGES FOR ROLE.
LATER = [
    ("default-to-public", "depot", "depot_app IN SCHEMA app GRANT SELECT ON TABLES TO PUBLIC", "depot_app IN SCHEMA app REVOKE SELECT ON TABLES FROM PUBLIC"),
    ("default-of-postgres", "depot", "postgres IN SCHEMA app GRANT DELETE ON TABLES TO depot_ro",
     "postgres IN SCHEMA app REVOKE DELETE ON TABLES FROM depot_ro"),
    ("default-revoked", "ledger", "ledger_owner IN SCHEMA app REVOKE INSERT ON TABLES FROM ledger_app",
     "ledger_owner IN SCHEMA app GRANT INSERT ON TABLES TO ledger_app"),
    ("default-of-functions", "ledger", "ledger_owner GRANT EXECUTE ON FUNCTIONS TO PUBLIC",
     r"ledger_owner REVOKE EXECUTE ON (FUNCTIONS|ROUTINES) FROM PUBLIC"),
    ("default-emptied", "depot", "depot_app REVOKE ALL ON TABLES FROM depot_app", r"depot_app GRANT .* ON TABLES TO depot_app"),
]  # fmt: skip
PREFIX = "ALTER DEFAULT PRIVILEGES FOR ROLE"
BY_HAND += [(name, where, f"{PREFIX} {by_hand}", f"{PREFIX} {said}") for name, where, by_hand, said in LATER]
#: What follows from it: something is granted for a moment, so that a grant by somebody else can be taken away by that
#: somebody; and a role that became the owner of its database lost its own CONNECT to that.
ON_THE_WAY = (
    r"(GRANT|REVOKE) (USAGE ON SCHEMA app|\w+ ON TABLE app\.(ring|lent)) (TO|FROM) (clerk|auditor)"
    r"|GRANT CONNECT ON DATABASE depot TO depot_app"
)


@dataclass(frozen=True)
class DriftCycle:
    """The cluster as declared, altered, after the check run and after converge; and what the runs said."""

    declared: dict[str, list[str]]
    altered: dict[str, list[str]]
    checked: dict[str, list[str]]
    repaired: dict[str, list[str]]
    check: PlayResult
    converge: PlayResult

    @property
    def lines(self) -> list[str]:
        return shown(self.check)


def shown(run: PlayResult) -> list[str]:
    """The statements of a run's diff."""
    return [line[1:] for line in run.stdout.splitlines() if line[:1] == "+" and line[:3] != "+++"]


def declare(site: Site, **options: Any) -> PlayResult:
    result = site.role([DEPOT, LEDGER], ROLES, diff=True, **options)
    assert result.rc == 0, result.output
    return result


@pytest.fixture(scope="module")
def round_(site: Site, server: Server) -> DriftCycle:
    databases = ["depot", "ledger", "postgres"]
    site.declare([DEPOT, LEDGER], ROLES)
    server.sql("CREATE ROLE outsider")
    for role, database in (("depot_app", "depot"), ("ledger_migrator", "ledger")):
        assert site.login(role, OBJECTS, database).rc == 0
    declare(site)
    declared = site.state(*databases)
    for database in databases:
        server.sql("; RESET ROLE; ".join(text for _name, where, text, _said in BY_HAND if where == database), database)
    altered = site.state(*databases)
    check = declare(site, check=True)
    checked = site.state(*databases)
    converge = declare(site)
    return DriftCycle(declared, altered, checked, site.state(*databases), check, converge)


@pytest.mark.parametrize("said", [pytest.param(said, id=name) for name, _where, _text, said in BY_HAND])
def test_check_names_what_was_done_by_hand(round_: DriftCycle, said: str) -> None:
    found = [line for line in round_.lines if re.search(said, line)]
    assert len(found) == 1, round_.lines


def test_check_names_nothing_that_nobody_did(round_: DriftCycle) -> None:
    expected = re.compile("|".join([ON_THE_WAY, *(said for _name, _where, _text, said in BY_HAND)]))
    assert [line for line in round_.lines if not expected.search(line)] == []


def test_check_changes_nothing(round_: DriftCycle) -> None:
    assert round_.checked == round_.altered
    assert round_.altered != round_.declared


def test_one_converge_repairs_everything(round_: DriftCycle) -> None:
    for database, declared in round_.declared.items():
        assert sorted(set(round_.repaired[database]) ^ set(declared)) == []


def test_converge_runs_the_statements_that_check_showed(round_: DriftCycle) -> None:
    assert shown(round_.converge) == round_.lines


@pytest.mark.usefixtures("round_")
def test_next_converge_changes_nothing(site: Site) -> None:
    result = declare(site)
    assert result.changed == 0, result.output
    assert shown(result) == []


@pytest.mark.usefixtures("round_")
@pytest.mark.parametrize(("role", "database"), [("depot_ro", "depot"), ("ledger_migrator", "ledger")])
def test_declared_password_gets_in_again(site: Site, role: str, database: str) -> None:
    assert site.login(role, "SELECT session_user", database).stdout == f"{role}\n"
