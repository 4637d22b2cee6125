# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server refuses is refused before anything is changed."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.tests.servers.scene import (
    exists,
    on,
    refused,
    run,
    texts,
)
from ansible_collections.aerovista.postgresql.tests.servers.server import ADMINISTRATOR, Server

pytest_plugins = ("ansible_collections.aerovista.postgresql.tests.servers.hosts",)

X: dict[str, Any] = {"name": "x"}


def settings(where: str, **values: Any) -> dict[str, Any]:
    """A declaration with settings of a database, of a role in it, or of a role."""
    entry: dict[str, Any] = {"name": "shop"}
    if where == "database shop":
        return {"databases": [{**entry, "settings": values}], "roles": [X]}
    if where == "role x":
        return {"databases": [entry], "roles": [{**X, "settings": values}]}
    return {"databases": [{**entry, "roles": {"app": {"settings": values}}}], "roles": [X]}


def nothing_changed(server: Server) -> bool:
    return not any((exists(server, "shop"), exists(server, "x", "role"), exists(server, "shop_app", "role")))


@pytest.mark.parametrize(
    ("where", "values", "answer"),
    [
        ("database shop", {"work_mem": "much"}, 'invalid value for parameter "work_mem": "much"'),
        ("database shop, role shop_app", {"work_mem": "much"}, 'invalid value for parameter "work_mem": "much"'),
        ("role x", {"work_mem": "much"}, 'invalid value for parameter "work_mem": "much"'),
        ("role x", {"work_mam": "8MB"}, 'unrecognized configuration parameter "work_mam"'),
        ("role x", {"statement_timeout": "5 parsecs"}, 'invalid value for parameter "statement_timeout"'),
        ("role x", {"default_tablespace": "nowhere"}, 'invalid value for parameter "default_tablespace": "nowhere"'),
        ("role x", {"shared_buffers": "1GB"}, "shared_buffers is a setting of the server as a whole, not of a role or"),
        ("database shop", {"log_line_prefix": "x"}, "log_line_prefix is a setting of the server as a whole"),
        ("database shop", {"server_version": "1"}, "server_version is a setting of the server as a whole"),
        ("database shop", {"log_connections": "on"}, "log_connections is a setting of the server as a whole"),
    ],
)
def test_setting_that_the_server_refuses(host: Server, where: str, values: dict[str, Any], answer: str) -> None:
    declared = settings(where, **values)
    error = refused(host, *declared["databases"], roles=declared["roles"])
    assert error.answer.startswith(f"{where}: {answer}")
    assert error.next_step.endswith("nothing was changed")
    assert nothing_changed(host)


def test_settings_of_all_kinds_are_taken(host: Server) -> None:
    values = {
        "work_mem": "8MB",
        "DateStyle": "ISO, DMY",
        "my.own": "x",
        "search_path": ["Odd one", "app"],
    }
    declared = settings("role x", **values)
    run(host, *declared["databases"], roles=declared["roles"])
    assert texts(run(host, *declared["databases"], roles=declared["roles"])) == []


def test_everything_that_is_refused_is_told_at_once(host: Server) -> None:
    entry = {
        "name": "shop",
        "settings": {"work_mem": "much", "no_such_thing": 1},
        "extensions": [{"name": "nope"}],
        "locale": "xx_XX",
        "encoding": "klingon",
    }
    error = refused(host, entry, roles=[{**X, "valid_until": "tomorrow or so", "member_of": ["nobody_there"]}])
    found = error.answer.split("; ")
    for part in (
        "database shop: the host has no locale 'xx_XX'",
        "database shop: extension nope is not installed on the host (pg_available_extensions)",
        "database shop: the server has no encoding 'klingon'",
        "role x: there is no role nobody_there to be a member of",
        'database shop: invalid value for parameter "work_mem": "much"',
        'database shop: unrecognized configuration parameter "no_such_thing"',
        "role x: valid_until tomorrow or so: invalid input syntax for type timestamp with time zone",
    ):
        assert [text for text in found if text.startswith(part)], part
    assert nothing_changed(host)


@on(13, 16, 17)
def test_privilege_that_the_version_does_not_have(host: Server) -> None:
    grant = {"to": ["x"], "privileges": ["MAINTAIN"]}
    for entry in ({"grants": [grant]}, {"default_privileges": [{**grant, "for_role": "shop_app"}]}):
        if host.major >= 17:
            assert texts(run(host, {"name": "shop", **entry}, roles=[X], check=True))
        else:
            error = refused(host, {"name": "shop", **entry}, roles=[X])
            assert error.answer == f"database shop: PostgreSQL {host.major} does not know MAINTAIN"
    assert nothing_changed(host)


@pytest.mark.parametrize(
    ("statement", "entry", "answer"),
    [
        (
            "ALTER DATABASE shop ALLOW_CONNECTIONS false",
            {},
            "takes no connections (ALTER DATABASE ... ALLOW_CONNECTIONS true)",
        ),
        (
            "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'shop'",
            {},
            "is invalid: its DROP DATABASE was interrupted, and it accepts no connections (DROP DATABASE shop)",
        ),
        (
            "SELECT 1",
            {"encoding": "LATIN1"},
            "has encoding UTF8, not LATIN1, which only a dump and a new database can change",
        ),
        ("SELECT 1", {"locale": "POSIX"}, "has locale C, not POSIX, which only a dump and a new database can change"),
    ],
)
def test_database_that_cannot_become_what_is_declared(
    host: Server, statement: str, entry: dict[str, Any], answer: str
) -> None:
    run(host, {"name": "shop"})
    host.execute(statement)
    error = refused(host, {"name": "shop", **entry}, roles=[X])
    assert error.answer == f"database shop {answer}"
    assert not exists(host, "x", "role")


@pytest.mark.parametrize("encoding", ["UTF8", "utf-8", "latin1", "ISO_8859_5"])
def test_encoding_goes_by_several_names(host: Server, encoding: str) -> None:
    run(host, {"name": "shop", "encoding": encoding})
    assert texts(run(host, {"name": "shop", "encoding": encoding})) == []


def test_administrator_is_not_declared(host: Server) -> None:
    error = refused(host, {"name": "shop", "roles": {"app": {"name": ADMINISTRATOR}}})
    assert f"role {ADMINISTRATOR} is the administrator of the cluster and is not declared" in error.answer
    assert not exists(host, "shop")


def test_superuser_is_no_group(host: Server) -> None:
    host.execute("CREATE ROLE boss SUPERUSER")
    error = refused(host, roles=[{**X, "member_of": ["boss"]}])
    assert error.answer == "role x: boss is a superuser, so its members would be as good as one"
