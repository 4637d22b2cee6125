# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of parameters elsewhere, and what becomes of them."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import parameters
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.parsed_string import Draft
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("Server", "host"), ("Initial Catalog", "dbname"), ("User Id", "user"), ("PWD", "password")),
        *(("ApplicationName", "application_name"), ("Target Session Attributes", "target_session_attrs")),
        *(("keepalives", "keepalives"), ("sslMode", "sslmode"), ("schema", ""), ("canary", "")),
    ],
)
def test_keyword(name: str, expected: str) -> None:
    assert parameters.keyword(name) == expected


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        *(("schema", "Prisma"), ("connection_limit", "Prisma"), ("pgbouncer", "Prisma"), ("pool", "Rails")),
        *(("encoding", "Rails"), ("pool_size", "SQLAlchemy"), ("pool_max_conns", "pgx"), ("search_path", "a driver")),
        *(
            ("currentSchema", "pgJDBC"),
            ("serverVersion", "Doctrine"),
            ("charset", "Doctrine"),
            ("conn_max_age", "Django"),
        ),
        *(("prepared_statements", "Rails"), ("x-migrations-table", "golang-migrate"), ("statement-cache-capacity", "")),
        *(("Maximum Pool Size", "Npgsql"), ("UseDeclareFetch", "psqlODBC")),
    ],
)
def test_what_libpq_does_not_have_is_left_out_and_told_with_its_owner(name: str, owner: str) -> None:
    draft = Draft()
    parameters.translate(name, "canary", draft)
    assert draft.values == {}
    assert len(draft.notes) == 1
    assert name.replace("-", "_") in draft.notes[0].replace("-", "_")
    assert owner in draft.notes[0]
    assert "canary" not in draft.notes[0]


def test_a_name_that_is_unknown_is_not_repeated() -> None:
    with pytest.raises(DsnError) as caught:
        parameters.translate("canary", "yranac", Draft())
    assert "anar" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        *(
            ("ssl", "true", "require"),
            ("ssl", "false", "disable"),
            ("ssl", "1", "require"),
            ("ssl", "no-verify", "require"),
        ),
        *(
            ("SSL Mode", "VerifyFull", "verify-full"),
            ("sslmode", "DISABLE", "disable"),
            ("sslmode", "prefer", "prefer"),
        ),
    ],
)
def test_words_for_encryption(name: str, value: str, expected: str) -> None:
    draft = Draft()
    parameters.translate(name, value, draft)
    assert draft.values == {"sslmode": expected}
    assert bool(draft.notes) is (value != expected)


def test_a_word_for_encryption_that_is_unknown_is_not_repeated() -> None:
    with pytest.raises(DsnError) as caught:
        parameters.translate("ssl", "canary", Draft())
    assert "canary" not in str(caught.value)


def test_the_name_of_the_driver_is_no_news() -> None:
    draft = Draft()
    parameters.translate("Driver", "x", draft)
    assert (draft.values, draft.notes) == ({}, [])
