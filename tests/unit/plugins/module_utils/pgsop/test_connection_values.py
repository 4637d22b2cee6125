# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that look like what they stand for, and those that may be something else with a password inside."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import connection_values


@pytest.mark.parametrize(
    ("key", "values"),
    [
        (
            "host",
            ["localhost", "db-1.example.com.", "my_db", "127.0.0.1", "::1", "fe80::1%eth0", "a,b,/run/x", "/run/p-g"],
        ),
        ("hostaddr", ["127.0.0.1", "::1", "10.0.0.1,10.0.0.2", "fe80::1%eth0"]),
        ("dbname", ["appdb", "my db/1", "übung", "a.b-c$d", "100%", "what (old)!"]),
        ("user", ["appuser", "my app@x", "ünal", "a.b-c$d", "100%"]),
        ("service", ["app", "my app"]),
        (
            "options",
            ["-c search_path=app,public", "-csearch_path=app", '-c search_path="$user",x --work_mem=1MB', "-c a=b\\ c"],
        ),
        ("sslmode", ["disable", "verify-full"]),
        ("sslrootcert", ["system", "/etc/ssl/ca.pem", "~/.postgresql/root.crt"]),
        ("ssl_min_protocol_version", ["TLSv1.2", "tlsv1.3"]),
        ("keepalives", ["0", "1"]),
        ("tcp_user_timeout", ["-1", "3000"]),
        ("require_auth", ["scram-sha-256,!password"]),
        ("oauth_issuer", ["https://id.example.com:8443/realms/a"]),
        ("password", ["postgresql://a:b@c/d", "; = @ '"]),
        ("application_name", ["anything: it is not sent"]),
    ],
)
def test_what_is_plain(key: str, values: list[str]) -> None:
    assert {value: connection_values.problem(key, value) for value in [*values, ""]} == dict.fromkeys([*values, ""], "")


#: What connection strings are made of, in any of these values.
_ALIEN = [
    "a;b",
    "a=b",
    'a"b',
    "a'b",
    "<a>",
    "a//b",
    "postgresql://a:b@c/d",
    "a\\b",
    "a`b",
    "a\x00b",
    "a\u200bb",
    "{a}",
    "[a]",
    "a|b",
    "a&b",
]
_KEYS = [
    "host",
    "hostaddr",
    "dbname",
    "user",
    "service",
    "options",
    "sslmode",
    "sslcert",
    "keepalives",
    "krbsrvname",
    "requirepeer",
]


@pytest.mark.parametrize("key", _KEYS)
def test_what_is_not_plain(key: str) -> None:
    for alien in [*_ALIEN, " a", "a ", "a\r", "a\u00a0", "\ufeffa"]:
        said = connection_values.problem(key, alien.replace("a", "canary"))
        assert said, alien
        assert "canary" not in said


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("host", ["localhost:5432", "a b", "user@host", "run/x", "a..b", "-a", "1:2"]),
        ("hostaddr", ["localhost"]),
        ("dbname", ["appuser:secret", "a@b", "a?b", "a#b", "appdb/", "/appdb", "postgresql%3A%2F%2Fa"]),
        ("user", ["appuser:secret", "appuser/secret", "a%40b"]),
        ("options", ["secret", "-c a=b secret", "-c a=b;c=d", "-c a=u:p@h", "--a"]),
        ("sslmode", ["DISABLE", "no-verify", "prefer secret"]),
        ("keepalives", ["2"]),
        ("connect_timeout", ["soon"]),
        ("passfile", ["a:b"]),
        ("oauth_issuer", ["https://a:b@c/"]),
    ],
)
def test_what_is_something_else(key: str, values: list[str]) -> None:
    assert [value for value in values if not connection_values.problem(key, value)] == []


def test_what_was_not_filled_in() -> None:
    for value in ("${DB_USER}", "{{ db_user }}", "%(user)s", "$(cat user)"):
        assert "not filled in" in connection_values.problem("user", value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("appdb", True), ("my-db.v2", True), ("my db", False), ("a/b", False), ("a:b", False), ("", False)],
)
def test_a_bare_name(text: str, expected: bool) -> None:
    assert connection_values.is_bare_name(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("app", True),
        ("app@1.service", True),
        ("a\\x20b", True),
        ("a b", False),
        ("a/b", False),
        ("u://h", False),
        ("", False),
    ],
)
def test_a_unit(text: str, expected: bool) -> None:
    assert connection_values.is_unit(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("ada", True), ("DOM\\ada", True), ("a-b.c$", True), ("a:b", False), ("a/b", False), ("", False)],
)
def test_a_user_of_the_host(text: str, expected: bool) -> None:
    assert connection_values.is_os_user(text) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/etc/x", True), ("./x", True), ("../x", True), ("x", False), ("/a:b", False), ("//u", False)],
)
def test_a_file_for_certain(path: str, expected: bool) -> None:
    assert connection_values.is_file(path) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jdbc:postgresql://h/d", True),
        ("host=h password = x", True),
        ("my password", False),
        ("a:b@c", False),
        ("2026-11-22 14:30", False),
    ],
)
def test_a_connection_string_in_the_place_of_something_else(text: str, expected: bool) -> None:
    assert connection_values.looks_like_dsn(text) is expected


def test_what_libpq_reads_from_the_environment_by_itself() -> None:
    environment = {"PGOPTIONS": "-c a=b", "PGTZ": "Europe/Berlin", "PGDATESTYLE": "ISO, DMY", "PGDATA": "a;b"}
    assert connection_values.environment_problem(environment, {}, connection_values.ENVIRONMENT) == ""
    said = connection_values.environment_problem(
        {**environment, "PGSSLCERT": "a;secret"}, {}, connection_values.ENVIRONMENT
    )
    assert said.startswith("PGSSLCERT ")
    assert "secret" not in said
    assert (
        connection_values.environment_problem(
            {"PGSSLCERT": "a;secret"}, {"sslcert": "/x"}, connection_values.ENVIRONMENT
        )
        == ""
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("user", "${DB_USER}"), ("host", "db-${ENV}.example.com"), ("dbname", "{{ name }}"), ("user", "$DB_USER")),
        *(("host", "%DB_HOST%"), ("dbname", "<%= name %>")),
    ],
)
def test_a_variable_that_was_not_filled_in(key: str, value: str) -> None:
    assert connection_values.problem(key, value) == connection_values.UNFILLED


def test_faults_with_a_sentence_of_their_own() -> None:
    found = {
        connection_values.problem(key, value)
        for key, value in [("host", "h:5432"), ("host", "h;x"), ("dbname", "appdb/"), ("dbname", "a;b")]
    }
    assert len(found) == 4
    assert "" not in found
