# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs whose names are mistyped."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.hba.pairs import unknown_names

DATABASES, ROLES = ["appdb", "postgres"], ["appuser", "postgres"]


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ({"database": "appdb", "role": "appuser"}, []),
        ({"database": "postgres", "role": "postgres"}, []),
        (
            {"database": "appd", "role": "appuser"},
            ["database 'appd' is neither declared nor on the server: did you mean appdb?"],
        ),
        (
            {"database": "appdb", "role": "appusr"},
            ["role 'appusr' is neither declared nor on the server: did you mean appuser?"],
        ),
        ({"database": "all", "role": "x"}, ["keyword is declared in pg_hardening_hba_rules", "role 'x' is neither"]),
        ({"database": "Appdb", "role": "appuser"}, ["did you mean appdb?"]),
        ({"database": "appd", "role": "appusr", "exception": "made tomorrow"}, []),
    ],
)
def test_each_unknown_name_is_refused_with_the_nearest(pair: dict[str, Any], words: list[str]) -> None:
    found = unknown_names([pair, pair], DATABASES, ROLES, asked=True)
    assert len(found) == len(words)
    assert all(word in sentence for word, sentence in zip(words, found, strict=True))


def test_where_no_server_was_asked_none_is_named() -> None:
    (sentence,) = unknown_names([{"database": "x", "role": "appuser"}], DATABASES, ROLES, asked=False)
    assert "is not declared" in sentence
