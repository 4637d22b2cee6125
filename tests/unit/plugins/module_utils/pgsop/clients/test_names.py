# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of clients."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.catalogue import CLIENTS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.clients.names import ALIASES, NAMES, canonical


def test_every_name_has_an_entry_in_the_same_order() -> None:
    assert tuple(CLIENTS) == NAMES


def test_other_names_lead_to_names() -> None:
    assert set(ALIASES.values()) <= set(NAMES)
    assert not set(ALIASES) & set(NAMES)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("pg", "node-postgres"), ("pgjdbc", "jdbc"), ("psycopg3", "psycopg"), ("lib/pq", "lib-pq"), ("Django", "django")],
)
def test_names_people_type(typed: str, name: str) -> None:
    assert canonical(typed) == name


def test_an_unknown_name_is_not_repeated_and_the_nearest_is_asked_for() -> None:
    with pytest.raises(ValueError, match="did you mean sequelize") as caught:
        canonical("sequelise")
    assert "sequelise" not in str(caught.value)
