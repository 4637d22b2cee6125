# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each role of the two models can really do, tried over TCP with its password."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases import manage
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

PASSWORDS = {role: f"pass phrase of {role}" for role in ("app", "migrator", "readonly", "owner", "stranger", "other")}

#: The models as tables. Objects are made after the run: by the owner (the application itself, or the migrator, which becomes it) and by
#: the administrator. What the administrator makes belongs to the owner of the schema only after the next run; a function of
#: its may be called by PUBLIC until then, for that is built in, and functions of extensions depend on it.
SOP = """
                                   app   readonly  stranger
log in                             yes   yes       no
log in to another declared one     no    no        no
log in to postgres                 no    no        no
log in to template1                no    no        no
create in public                   no    no        no
create in app                      yes   no        no
create a schema                    no    no        no
create a temporary table           no    no        no
read the owner's table             yes   yes       no
write the owner's table            yes   no        no
draw from the owner's sequence     yes   no        no
call the owner's function          yes   no        no
truncate the owner's table         yes   no        no
alter the owner's table            yes   no        no
drop the owner's table             yes   no        no
read postgres' table               yes   yes       no
write postgres' table              yes   no        no
draw from postgres' sequence       yes   no        no
call postgres' function            yes   yes       no
truncate postgres' table           no    no        no
alter postgres' table              no    no        no
drop postgres' table               yes   no        no
grant on the owner's table         yes   no        no
read pg_authid                     no    no        no
become superuser                   no    no        no
become the administrator           no    no        no
create a role                      no    no        no
create a database                  no    no        no
run a program                      no    no        no
read a file                        no    no        no
"""

SEPARATED = """
                                   owner migrator  app   readonly  stranger
log in                             no    yes       yes   yes       no
log in to another declared one     no    no        no    no        no
log in to postgres                 no    no        no    no        no
log in to template1                no    no        no    no        no
create in public                   no    no        no    no        no
create in app                      no    yes       no    no        no
create a schema                    no    no        no    no        no
create a temporary table           no    no        no    no        no
read the owner's table             no    yes       yes   yes       no
write the owner's table            no    yes       yes   no        no
draw from the owner's sequence     no    yes       yes   no        no
call the owner's function          no    yes       yes   no        no
truncate the owner's table         no    yes       no    no        no
alter the owner's table            no    yes       no    no        no
drop the owner's table             no    yes       no    no        no
read postgres' table               no    no        yes   yes       no
write postgres' table              no    no        yes   no        no
draw from postgres' sequence       no    no        yes   no        no
call postgres' function            no    yes       yes   yes       no
truncate postgres' table           no    no        no    no        no
alter postgres' table              no    no        no    no        no
drop postgres' table               no    yes       no    no        no
grant on the owner's table         no    yes       no    no        no
read pg_authid                     no    no        no    no        no
become superuser                   no    no        no    no        no
become the administrator           no    no        no    no        no
create a role                      no    no        no    no        no
create a database                  no    no        no    no        no
run a program                      no    no        no    no        no
read a file                        no    no        no    no        no
"""

TABLES = {"sop": SOP, "separated": SEPARATED}

ELSEWHERE = {
    "log in": "appdb",
    "log in to another declared one": "otherdb",
    "log in to postgres": "postgres",
    "log in to template1": "template1",
}

#: How each is tried; all of it is rolled back.
ACTS = {
    "create in public": "CREATE TABLE public.tried (a int)",
    "create in app": "CREATE TABLE app.tried (id serial, a int); INSERT INTO app.tried (a) VALUES (1)",
    "create a schema": "CREATE SCHEMA tried",
    "create a temporary table": "CREATE TEMPORARY TABLE tried (a int)",
    "read {} table": "SELECT count(*) FROM app.{}_t",
    "write {} table": "INSERT INTO app.{0}_t (a) VALUES (2); UPDATE app.{0}_t SET a = 3 WHERE a = 2; DELETE FROM app.{0}_t WHERE a = 3",
    "draw from {} sequence": "SELECT nextval('app.{}_s')",
    "call {} function": "SELECT app.{}_f()",
    "truncate {} table": "TRUNCATE app.{}_t",
    "alter {} table": "ALTER TABLE app.{}_t ADD COLUMN b int",
    "drop {} table": "DROP TABLE app.{}_t",
    "grant on {} table": "GRANT SELECT ON app.{}_t TO stranger",
    "read pg_authid": "SELECT count(rolpassword) FROM pg_authid",
    "become superuser": "ALTER ROLE CURRENT_USER SUPERUSER",
    "become the administrator": f"SET ROLE {ADMINISTRATOR}",
    "create a role": "CREATE ROLE tried",
    "create a database": "SAVEPOINT a; ALTER DATABASE appdb RENAME TO tried",
    "run a program": "COPY pg_catalog.pg_class FROM PROGRAM 'true'",
    "read a file": "SELECT pg_read_file('PG_VERSION')",
}
MAKERS = {"the owner's": "owners", "postgres'": "admins"}

#: In English whatever the server's locale: it is C.
DENIED = (
    "permission denied",
    "must be owner",
    "must be superuser",
    "not permitted to log in",
    "must be able to SET ROLE",
)
NO_LOGIN = ("permission denied for database", "password authentication failed", "not permitted to log in")


def expectations(model: str) -> dict[str, dict[str, bool]]:
    """Role -> act -> whether it works, from the table."""
    head, *lines = TABLES[model].strip("\n").splitlines()
    roles = head.split()
    found: dict[str, dict[str, bool]] = {role: {} for role in roles}
    for line in lines:
        *words, _rest = line.split("  ", maxsplit=1)
        answers = line.split()[-len(roles) :]
        for role, answer in zip(roles, answers, strict=True):
            found[role][words[0].strip()] = answer == "yes"
    return found


def statement(act: str) -> str:
    """The SQL of an act; those on objects name who made them."""
    for words, maker in MAKERS.items():
        if words in act:
            return ACTS[act.replace(words, "{}")].format(maker)
    return ACTS[act]


def connect(server: Server, role: str, database: str) -> Any:
    """A session over TCP, None where it is refused; that it fails for another reason is a fault of this test."""
    address: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "dbname": database, "sslmode": "disable"}
    try:
        return psycopg2.connect(**address, user=role, password=PASSWORDS[role])
    except psycopg2.OperationalError as error:
        assert any(words in str(error) for words in NO_LOGIN), error
        return None


def attempt(connection: Any, act: str) -> bool:
    """Whether it works; taken back at once."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement(act))
    except psycopg2.Error as error:
        assert any(words in str(error) for words in DENIED), error
        return False
    else:
        # A GRANT without the right to it is a warning for those who hold some other right.
        return not any(notice.startswith("WARNING") for notice in connection.notices)
    finally:
        del connection.notices[:]
        connection.rollback()


def abilities(server: Server, role: str, acts: Iterable[str]) -> Iterator[tuple[str, str, bool]]:
    """What of it the role can do."""
    own = connect(server, role, "appdb")
    for act in acts:
        if act in ELSEWHERE:
            other = connect(server, role, ELSEWHERE[act])
            yield role, act, other is not None
            if other is not None:
                other.close()
        else:
            yield role, act, own is not None and attempt(own, act)
    if own is not None:
        own.close()


def declaration(server: Server, model: str) -> manage.DatabasesRequest:
    """The model with as few words as it takes."""
    parts = ["app", "readonly"] if model == "sop" else ["migrator", "app", "readonly"]
    roles: dict[str, Any] = {part: {"name": part, "password": PASSWORDS[part]} for part in parts}
    if model == "separated":
        roles["owner"] = {"name": "owner"}
    return manage.DatabasesRequest(
        version=server.major,
        cluster="main",
        databases=[
            {"name": "appdb", "model": model, "roles": roles},
            {"name": "otherdb", "roles": {"app": {"name": "other", "password": PASSWORDS["other"]}}},
        ],
    )


def make(prefix: str, place: str) -> str:
    return (
        f"CREATE TABLE {place}{prefix}_t (id serial, a int); CREATE SEQUENCE {place}{prefix}_s;"
        f"CREATE FUNCTION {place}{prefix}_f() RETURNS int LANGUAGE sql AS 'SELECT 1'"
    )


@dataclass
class Lived:
    """What was seen of one model: before and after the run that follows the making of things, and what that run did."""

    expected: set[tuple[str, str, bool]]
    before: set[tuple[str, str, bool]]
    after: dict[str, bool]
    again: dict[str, Any]
    log: str


@pytest.fixture(scope="module", params=list(TABLES))
def lived(request: pytest.FixtureRequest, server: Server) -> Iterator[Lived]:
    model, start = str(request.param), server.log_size()
    server.execute(f"CREATE ROLE stranger LOGIN PASSWORD '{PASSWORDS['stranger']}'")

    def run() -> dict[str, Any]:
        return dict(manage.manage_cluster(server.cluster, declaration(server, model), check=False).as_dict())

    run()
    maker = "app" if model == "sop" else "migrator"
    with connect(server, maker, "appdb") as session, session.cursor() as cursor:
        # Without a schema: the search path has to lead to it.
        cursor.execute(make("owners", ""))
    session.close()
    server.execute(make("admins", "app."), database="appdb")
    expected = expectations(model)
    before = {ability for role, acts in expected.items() for ability in abilities(server, role, acts)}
    run()
    after = {act: worked for _role, act, worked in abilities(server, maker, HANDED_OVER)}
    after["call by others"] = any(
        worked for _role, _act, worked in abilities(server, "readonly", ["call postgres' function"])
    )
    yield Lived(
        expected={(role, act, works) for role, acts in expected.items() for act, works in acts.items()},
        before=before,
        after=after,
        again=run(),
        log=server.log_from(start),
    )
    server.execute(
        "DROP DATABASE appdb", "DROP DATABASE otherdb", *(f"DROP ROLE IF EXISTS {role}" for role in PASSWORDS)
    )


HANDED_OVER = ("truncate postgres' table", "alter postgres' table", "draw from postgres' sequence")


def test_every_role_can_do_what_its_model_says_and_nothing_else(lived: Lived) -> None:
    assert sorted(lived.before - lived.expected) == []
    assert len(lived.before) == len(lived.expected) > 80


def test_what_others_made_is_handed_over_by_the_next_run(lived: Lived) -> None:
    assert lived.after == {**dict.fromkeys(HANDED_OVER, True), "call by others": False}


def test_a_run_without_need_does_nothing(lived: Lived) -> None:
    assert (lived.again["changed"], lived.again["statements"], lived.again["diff"]) == (False, [], [])


def test_no_password_is_in_the_servers_log(lived: Lived) -> None:
    """It holds every statement here."""
    assert "CREATE ROLE" in lived.log
    assert [role for role, password in PASSWORDS.items() if password in lived.log and role != "stranger"] == []
    assert "SCRAM-SHA-256$" not in lived.log
