# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles that a closed database depends on: the commands that are proposed work as they stand, and then the role is removed."""

from __future__ import annotations

import re
import shlex
from typing import Any

import psycopg2
import pytest

from ansible_collections.aerovista.postgresql.tests.servers.scene import every_major, exists, refused, run
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

NAMES = ("shop", "it's a=b://c")
GONE: list[dict[str, Any]] = [{"name": "x", "state": "absent"}]
FORCED = [{**GONE[0], "force": True}]
OWNS = ("CREATE TABLE public.t (a int)", "ALTER TABLE public.t OWNER TO x")
IS_GRANTED = ("GRANT USAGE ON SCHEMA public TO x",)


def closed(server: Server, name: str, *statements: str) -> None:
    quoted = '"' + name + '"'
    server.execute(f"CREATE DATABASE {quoted}")
    server.execute(*statements, database=name)
    server.execute(f"ALTER DATABASE {quoted} ALLOW_CONNECTIONS false")


def carry_out(server: Server, next_step: str) -> None:
    """What is proposed, as a shell and psql read it; these servers come without either of psql and sudo."""
    _introduction, _mark, commands = next_step.partition(" then run again: ")
    assert commands
    for command in re.split(" && |; (?=sudo )", commands):
        words = shlex.split(command)
        assert words[:6] == ["sudo", "-u", ADMINISTRATOR, "psql", "-v", "ON_ERROR_STOP=1"]
        options = list(zip(words[6::2], words[7::2], strict=True))
        names = dict(options)
        assert (names["-h"], names["-p"]) == (server.cluster.socket_directory, str(server.port))
        database = names["-d"] if "=" not in names["-d"] else psycopg2.extensions.parse_dsn(names["-d"])["dbname"]
        server.execute(*(text for option, text in options if option == "-c"), database=database)


@pytest.mark.parametrize("roles", [GONE, FORCED])
@pytest.mark.parametrize("statements", [OWNS, IS_GRANTED])
@pytest.mark.parametrize("name", NAMES)
def test_the_commands_work(host: Server, name: str, statements: tuple[str, ...], roles: list[dict[str, Any]]) -> None:
    host.execute("CREATE ROLE x")
    closed(host, name, *statements)
    planned, error = refused(host, roles=roles, check=True), refused(host, roles=roles)
    assert str(planned) == str(error)
    assert f"{name} accepts no connections" in error.answer
    assert exists(host, "x", "role")
    carry_out(host, error.next_step)
    assert host.rows("SELECT datallowconn FROM pg_database WHERE datname = %(name)s", parameters={"name": name}) == [
        (False,)
    ]
    run(host, roles=roles)
    assert not exists(host, "x", "role")


@every_major
def test_several_databases_and_nothing_is_lost(host: Server) -> None:
    host.execute("CREATE ROLE x")
    closed(host, "first", *OWNS, "INSERT INTO public.t VALUES (1)")
    closed(host, "second", *OWNS, *IS_GRANTED)
    carry_out(host, refused(host, roles=GONE).next_step)
    run(host, roles=GONE)
    host.execute("ALTER DATABASE first ALLOW_CONNECTIONS true")
    assert host.rows("SELECT tableowner, a FROM pg_tables, public.t WHERE tablename = 't'", "first") == [
        (ADMINISTRATOR, 1)
    ]


def test_a_database_whose_drop_was_interrupted(host: Server) -> None:
    host.execute("CREATE ROLE x")
    closed(host, "half", *OWNS)
    host.execute("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half'")
    carry_out(host, refused(host, roles=GONE).next_step)
    run(host, roles=GONE)
    assert not exists(host, "half")


def test_a_database_that_goes_too_is_not_opened(host: Server) -> None:
    host.execute("CREATE ROLE x")
    closed(host, "shop", *OWNS)
    run(host, {"name": "shop", "state": "absent", "force": True}, roles=GONE)
    assert not exists(host, "x", "role")


def test_a_superuser_is_refused_for_that(host: Server) -> None:
    host.execute("CREATE ROLE x SUPERUSER")
    closed(host, "shop", *OWNS)
    assert refused(host, roles=FORCED).answer == "it is a superuser"
