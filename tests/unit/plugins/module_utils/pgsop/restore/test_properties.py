# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties as statements and sentences."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.properties import (
    allow_connections_sql,
    creation,
    differences,
    missing_support,
    without_missing_roles,
)

PROPERTIES: dict[str, Any] = {
    "owner": "app",
    "encoding": "UTF8",
    "collate": "C.UTF-8",
    "ctype": "C.UTF-8",
    "provider": "c",
    "locale": None,
    "icu_rules": None,
    "collation_version": "2.36",
    "tablespace": "fast disk",
    "connection_limit": 5,
    "allow_connections": True,
    "is_template": False,
    "comment": None,
    "acl": [{"grantee": None, "grantor": "app", "privilege": "CONNECT", "grantable": False}],
    "settings": [],
    "labels": [],
    "public_owner": "app",
}
START = "CREATE DATABASE \"a B\" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' CONNECTION LIMIT 0"
ICU = {"provider": "i", "locale": "de-DE"}


@pytest.mark.parametrize(
    ("more", "major", "tablespace", "end"),
    [
        ({}, 13, False, ""),
        ({}, 14, True, ' TABLESPACE "fast disk"'),
        ({}, 15, False, " LOCALE_PROVIDER libc"),
        (ICU, 15, False, " LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'"),
        (
            {**ICU, "icu_rules": "& a < 'b'"},
            16,
            False,
            " LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' ICU_RULES '& a < ''b'''",
        ),
        ({"provider": "b", "locale": "C.UTF-8"}, 17, False, " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"),
    ],
)
def test_database_is_made_alike(more: dict[str, Any], major: int, tablespace: bool, end: str) -> None:
    assert creation({**PROPERTIES, **more}, "a B", major=major, tablespace=tablespace) == START + end


@pytest.mark.parametrize(
    ("provider", "major", "problems"), [("c", 13, 0), ("i", 14, 1), ("i", 15, 0), ("b", 16, 1), ("b", 17, 0)]
)
def test_server_that_cannot_make_it_is_told(provider: str, major: int, problems: int) -> None:
    assert len(missing_support({**PROPERTIES, "provider": provider}, major)) == problems


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"collation_version": "2.41", "public_owner": None}, []),
        ({"tablespace": "pg_default"}, []),
        ({"comment": "x"}, ["property comment is 'x' and was None"]),
        ({"acl": []}, ["property acl is empty and was grantable=False grantee=None grantor=app privilege=CONNECT"]),
    ],
)
def test_differences_are_sentences(changed: dict[str, Any], told: list[str]) -> None:
    assert differences(PROPERTIES, {**PROPERTIES, **changed}, tablespace=False) == told


def test_order_of_lists_means_nothing() -> None:
    first, second = ({"role": None, "name": name, "value": "1"} for name in "ab")
    wanted, found = ({**PROPERTIES, "settings": each} for each in ([first, second], [second, first]))
    assert differences(wanted, found) == []


def test_it_is_opened_as_it_was() -> None:
    assert list(allow_connections_sql(PROPERTIES, "d")) == [
        "ALTER DATABASE d CONNECTION LIMIT 5",
        "ALTER DATABASE d IS_TEMPLATE False",
        "ALTER DATABASE d ALLOW_CONNECTIONS True",
    ]


def test_roles_that_did_not_exist_are_left_out() -> None:
    gone, kept = "unknown (OID=16922)", {**PROPERTIES["acl"][0], "grantee": "kept"}
    settings = [{"role": role, "name": "work_mem", "value": "8MB"} for role in (None, "kept", gone)]
    stored = {
        **PROPERTIES,
        "acl": [{**kept, "grantee": gone}, {**kept, "grantor": gone}, {**kept, "grantee": None}],
        "settings": settings,
    }
    wanted = {**PROPERTIES, "acl": [kept, {**kept, "grantee": None}], "settings": settings[:2]}
    assert without_missing_roles(stored) == wanted
    assert differences(stored, wanted) == []
    assert without_missing_roles(PROPERTIES) == PROPERTIES
