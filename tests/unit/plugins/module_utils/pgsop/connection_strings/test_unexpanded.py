# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that were not filled in, and passwords with the same characters."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import unexpanded
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://${DB_USER}:${DB_PASS}@h/d",
        "postgresql://u:$DB_PASS@h/d",
        "postgresql://u:%DB_PASS%@h/d",
        "postgresql://u:%PASSWORD%@h/d",
        "postgresql://u:x@{{ db_host }}/d",
        "postgresql://u:x@%(host)s/d",
        "postgresql://u:x@h/${DB:-app}",
        "host=$(hostname) user=u",
        "host=h;password=${PW}",
        "$DATABASE_URL",
        "${DATABASE_URL}",
        '<%= ENV["DATABASE_URL"] %>',
    ],
)
def test_found_and_not_repeated(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        unexpanded.refuse(text)
    assert caught.value.cause == "dsn.unexpanded"
    assert caught.value.hint
    assert "CREATE" not in caught.value.hint


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://u:pa${x}y@h/d",
        "postgresql://u:$ecret@h/d",
        "postgresql://u:a%41b@h/d",
        "postgresql://u:%41%42@h/d",
        "host=h password=pa$WORD",
        'options=-csearch_path="$user"',
        "",
    ],
)
def test_passwords_with_such_characters(text: str) -> None:
    unexpanded.refuse(text)
