# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Differences in logging in."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients import given, model
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.catalogue import CLIENTS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.login_rules import sends_other
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.predict import predict
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.situation import Situation

_URL = "postgresql://u@h/d?sslmode=disable"


def _found(name: str, text: str = _URL, **more: Any) -> dict[str, str]:
    situation = Situation(client=CLIENTS[name], given=given.read(text), host="h", origins={"sslmode": "given"})
    prediction = predict(name, replace(situation, **more))
    return {each.id: each.effect for each in prediction.differences}


@pytest.mark.parametrize(
    ("ssl", "expected"),
    [
        (False, {"client.sslmode_read_otherwise": "fails"}),
        (True, {"client.sslmode_read_otherwise": "differs"}),
        (None, {"client.sslmode_read_otherwise": "differs"}),
    ],
)
def test_another_meaning_of_prefer_fails_only_without_ssl(ssl: bool | None, expected: dict[str, str]) -> None:
    assert _found("node-postgres", "postgresql://u@h/d?sslmode=prefer", ssl=ssl) == expected


@pytest.mark.parametrize("ssl", [False, True, None])
@pytest.mark.parametrize("word", ["prefer", "allow", "require", "no-verify", "DISABLE"])
@pytest.mark.parametrize("name", CLIENTS)
def test_the_word_that_a_remedy_names_has_the_same_meaning(name: str, word: str, ssl: bool | None) -> None:
    situation = Situation(client=CLIENTS[name], given=given.read(f"postgresql://u@h/d?sslmode={word}"), ssl=ssl)
    for found in predict(name, situation).differences:
        if found.id != "client.sslmode_read_otherwise":
            continue
        named = re.search("sslmode=([a-z]+)", found.remedy)
        assert named
        assert "client.sslmode_read_otherwise" not in _found(name, f"postgresql://u@h/d?sslmode={named[1]}", ssl=ssl)


def test_a_default_that_needs_ssl() -> None:
    text = "postgresql://u@h/d"
    assert _found("lib-pq", text, ssl=False) == {"client.sslmode_default": "fails"}
    assert _found("lib-pq", text, ssl=True) == {"client.sslmode_default": "differs"}
    assert _found("lib-pq", text, ssl=False, origins={"sslmode": "PGSSLMODE"}) == {}


def test_addresses_that_are_not_tried() -> None:
    both = ("::1", "127.0.0.1")
    assert _found("jdbc", "", addresses=both, open=("::1",)) == {"client.ipv6_not_tried": "fails"}
    assert _found("jdbc", "", addresses=both, open=both) == {}
    assert _found("psycopg", "", addresses=both, open=("::1",)) == {}


def test_a_wrong_password_is_sent_to_each_address() -> None:
    both = ("::1", "127.0.0.1")
    assert _found("psycopg", addresses=both, refused=True) == {"client.password_sent_again": "differs"}
    assert _found("psycopg", addresses=both[:1], refused=True) == {}
    assert _found("psycopg2", addresses=both, refused=True) == {}


def test_where_the_password_comes_from() -> None:
    assert _found("postgres.js", password_file="/home/u/.pgpass") == {"client.passfile_not_read": "fails"}
    assert _found("node-postgres", password_file="/home/u/.pgpass") == {}
    assert _found("node-postgres", password_file="/f", origins={"passfile": "given"}) == {
        "client.passfile_not_read": "fails"
    }
    assert _found("jdbc", "", origins={"password": "PGPASSWORD"}) == {"client.environment_not_read": "fails"}


def test_variables_and_services() -> None:
    assert _found("connectorx", origins={"host": "PGHOST"}) == {"client.environment_not_read": "fails"}
    assert _found("lib-pq", variables=frozenset({"PGSERVICEFILE"})) == {"client.environment_refused": "fails"}
    service = {"host": "service app in /f", "dbname": "service app in /f"}
    assert _found("asyncpg", origins=service) == {"client.service_not_read": "differs"}
    assert _found("prisma", origins=service) == {"client.service_not_read": "fails"}
    assert _found("psycopg", origins=service) == {}


def test_iterations_count_only_with_a_password() -> None:
    assert _found("knex", password="p", iterations=100_001) == {"client.iterations_refused": "fails"}
    assert _found("knex", password="p", iterations=100_000) == {}
    assert _found("knex", iterations=200_000) == {}


@pytest.mark.parametrize(
    ("password", "others"),
    [
        ("plain", ()),
        ("a\u00adbc", (model.RAW, model.NORMAL_FORM_C)),
        ("\uff21bc", (model.RAW, model.NORMAL_FORM_C)),
        ("a\u00a0b", (model.RAW,)),
        ("e\u0301", (model.RAW,)),
        ("k\U0001f511y", (model.STRICT,)),
        ("pw\u0627", (model.STRICT,)),
        ("\uff41\U0001f511", (model.ALWAYS, model.STRICT)),
    ],
)
def test_passwords_that_are_sent_in_another_form(password: str, others: tuple[str, ...]) -> None:
    ways = (model.RAW, model.NORMAL_FORM_C, model.ALWAYS, model.STRICT)
    assert tuple(way for way in ways if sends_other(way, password)) == others
