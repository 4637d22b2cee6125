# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each role of both models may do and may not, by doing it: log in, create, read, write, call, drop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bootstrap.tests.conftest import Site
    from conftest import Server

CANARY = "canary-Models-71d0fa"
SOP: dict[str, Any] = {
    "name": "shop",
    "roles": {
        "app": {"name": "shopkeeper", "password": CANARY},
        "readonly": {"name": "shopwatch", "password": CANARY},
    },
}
SEPARATED = {
    "name": "books",
    "model": "separated",
    "roles": {
        "app": {"password": CANARY},
        "migrator": {"password": CANARY},
        "readonly": {"password": CANARY},
    },
}
#: Who makes tables in the managed schema later on: the login that owns it, or acts as its owner; and the administrator.
LATER = """
CREATE TABLE app.{name} (id int GENERATED ALWAYS AS IDENTITY, note text); INSERT INTO app.{name} (note) VALUES ('kept');
CREATE SEQUENCE app.{name}_number; CREATE VIEW app.{name}_seen AS SELECT note FROM app.{name};
CREATE FUNCTION app.{name}_answer() RETURNS int LANGUAGE sql AS 'SELECT 42';
CREATE PROCEDURE app.{name}_act() LANGUAGE sql AS 'SELECT 42';
"""
DONE, DENIED = "00000", "42501"


#: Everything that one may try with objects that were made later.
ON_OBJECTS = {
    "SELECT from NAME": "SELECT note FROM app.NAME",
    "SELECT from view NAME": "SELECT note FROM app.NAME_seen",
    "INSERT into NAME": "INSERT INTO app.NAME (note) VALUES ('mine')",
    "UPDATE NAME": "UPDATE app.NAME SET note = 'mine' WHERE note = 'mine'",
    "DELETE from NAME": "DELETE FROM app.NAME WHERE note = 'mine'",
    "nextval of NAME": "SELECT nextval('app.NAME_number')",
    "look at sequence of NAME": "SELECT last_value FROM app.NAME_number",
    "call function of NAME": "SELECT app.NAME_answer()",
    "call procedure of NAME": "CALL app.NAME_act()",
    "TRUNCATE NAME": "BEGIN; TRUNCATE app.NAME",
    "ALTER NAME": "ROLLBACK; BEGIN; ALTER TABLE app.NAME ADD COLUMN more int",
    "DROP NAME": "ROLLBACK; BEGIN; DROP TABLE app.NAME CASCADE",
    "after NAME": "ROLLBACK",
}


def on_objects(name: str) -> dict[str, str]:
    return {what.replace("NAME", name): statement.replace("NAME", name) for what, statement in ON_OBJECTS.items()}


ON_THE_REST = {
    "create in app": "BEGIN; CREATE TABLE app.mine ()",
    "create a function in app": "ROLLBACK; BEGIN; CREATE FUNCTION app.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "create in public": "ROLLBACK; CREATE TABLE public.mine ()",
    "create a temporary table": "CREATE TEMPORARY TABLE mine ()",
    "create a schema": "CREATE SCHEMA mine",
    "create a database": "CREATE DATABASE mine",
    "create a role": "CREATE ROLE mine",
    "read pg_authid": "SELECT rolpassword FROM pg_authid",
    "read a file of the server": "SELECT pg_read_file('PG_VERSION')",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "become superuser": "SET ROLE postgres",
    "make oneself superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "create an extension": "CREATE EXTENSION file_fdw",
    "set a setting of the server": "ALTER SYSTEM SET work_mem = '1GB'",
}
#: What a role of a part may do of the above; all else it may not.
READS = {"SELECT from {0}", "SELECT from view {0}", "look at sequence of {0}", "after {0}"}
WRITES = READS | {"INSERT into {0}", "UPDATE {0}", "DELETE from {0}", "nextval of {0}"}
CALLS = {"call function of {0}", "call procedure of {0}"}
OWNS = {"TRUNCATE {0}", "ALTER {0}", "DROP {0}"}
CREATES = {"create in app", "create a function in app"}
#: What the server gives beyond that for objects of the administrator until the next run takes them over: whoever has USAGE
#: on the schema may call its new functions, and who owns a schema may drop what is in it.
NOT_YET = CALLS
BY_SCHEMA = {"DROP {0}"}
#: By role: the database, what it may do with what the owner made later, what with the administrator's, and otherwise.
ROLES: dict[str, tuple[str, set[str], set[str], set[str]]] = {
    "shopkeeper": ("shop", WRITES | CALLS | OWNS, WRITES | CALLS | BY_SCHEMA, CREATES),
    "shopwatch": ("shop", READS, READS | NOT_YET, set()),
    "books_migrator": ("books", WRITES | CALLS | OWNS, NOT_YET | BY_SCHEMA, CREATES),
    "books_app": ("books", WRITES | CALLS, WRITES | CALLS, set()),
    "books_readonly": ("books", READS, READS | NOT_YET, set()),
}
DATABASES = ["shop", "books", "postgres", "template1"]


@pytest.fixture(scope="module")
def models(site: Site, server: Server) -> Site:
    """Both models; then objects made by each owner and by the administrator, and a role that nobody declared."""
    site.declare([SOP, SEPARATED])
    server.sql(f"CREATE ROLE passerby LOGIN PASSWORD '{CANARY}'")
    site.passwords["passerby"] = CANARY
    for role, database in (("shopkeeper", "shop"), ("books_migrator", "books")):
        made = site.login(role, LATER.format(name="owners"), database)
        assert made.rc == 0, made.stderr
        server.sql(LATER.format(name="admins"), database)
    return site


@pytest.fixture(scope="module")
def tried(models: Site) -> Callable[[str], Mapping[str, str]]:
    """What the server said to everything a role tried."""
    answers: dict[str, dict[str, str]] = {}

    def of(role: str) -> dict[str, str]:
        if role not in answers:
            statements = on_objects("owners") | on_objects("admins") | ON_THE_REST
            answers[role] = models.attempts(role, statements, ROLES[role][0])
        return answers[role]

    return of


def expected(role: str) -> dict[str, str]:
    _database, owners, admins, rest = ROLES[role]
    may = {text.format("owners") for text in owners} | {text.format("admins") for text in admins} | rest
    return {
        name: DONE if name in may | {"after owners", "after admins"} else DENIED
        for name in on_objects("owners") | on_objects("admins") | ON_THE_REST
    }


@pytest.mark.parametrize("role", ROLES)
def test_role_may_do_what_its_part_is_and_nothing_else(tried: Callable[[str], Any], role: str) -> None:
    assert tried(role) == expected(role)


@pytest.mark.parametrize("role", [*ROLES, "books_owner", "passerby"])
def test_role_connects_to_its_own_database_and_no_other(models: Site, role: str) -> None:
    models.passwords.setdefault(role, CANARY)
    answers = {database: models.login(role, "SELECT 1", database) for database in DATABASES}
    home = {ROLES[role][0]} if role in ROLES else set()
    assert {database for database, answer in answers.items() if answer.rc == 0} == home
    refusals = [answer.stderr for database, answer in answers.items() if database not in home]
    said = "password authentication failed" if role == "books_owner" else "permission denied for database"
    assert all(said in refusal for refusal in refusals), refusals


def test_what_the_migrator_makes_belongs_to_the_owner(models: Site, server: Server) -> None:
    assert server.sql("SELECT tableowner FROM pg_tables WHERE tablename = 'owners'", "books") == "books_owner"
    assert models.login("books_migrator", "SELECT current_user, session_user", "books").stdout == (
        "books_owner|books_migrator\n"
    )


@pytest.mark.parametrize("role", ROLES)
def test_role_has_no_attribute_beyond_login(models: Site, role: str) -> None:
    query = (
        "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls, rolcanlogin, rolinherit"
        " FROM pg_roles WHERE rolname = session_user"
    )
    assert models.login(role, query, ROLES[role][0]).stdout == "f|t|t\n"


def test_next_run_takes_over_what_the_administrator_made_and_then_changes_nothing(models: Site, server: Server) -> None:
    runs = models.run({"databases": [SOP, SEPARATED]}, {"databases": [SOP, SEPARATED]})
    assert [run["changed"] for run in runs] == [True, False], [run["msg"] for run in runs if run["failed"]]
    owners = "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'app' ORDER BY 1"
    assert server.sql(owners, "shop") == "admins|shopkeeper\nowners|shopkeeper"
    assert server.sql(owners, "books") == "admins|books_owner\nowners|books_owner"
    for role in ("shopwatch", "books_readonly"):
        calls = {"function": "SELECT app.admins_answer()", "procedure": "CALL app.admins_act()"}
        assert set(models.attempts(role, calls, ROLES[role][0]).values()) == {DENIED}


def test_proof_tells_what_each_login_showed(site: Site, models: Site) -> None:
    assert models
    app = SOP["roles"]["app"] | {"settings": {"statement_timeout": "30s"}}
    pause = SOP | {"roles": SOP["roles"] | {"app": app}}
    proof = {entry["role"]: entry for entry in site.declare([pause, SEPARATED])["proof"]}
    assert proof["shopkeeper"]["login"]
    assert proof["shopkeeper"]["database"] == "shop"
    assert {"CONNECT to shop", "CREATE in schema app"} <= set(proof["shopkeeper"]["may"])
    assert {"CREATE in schema public", "CONNECT to postgres", "read pg_authid"} <= set(proof["shopkeeper"]["may_not"])
    assert site.login("shopkeeper", "SHOW statement_timeout", "shop").stdout == "30s\n"
