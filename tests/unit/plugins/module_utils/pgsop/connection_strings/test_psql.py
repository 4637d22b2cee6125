# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines of psql."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings import psql
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.connection_strings.read import read
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.dsn import DsnError

WHOLE = {"host": "h", "port": "1", "user": "u", "dbname": "d"}


@pytest.mark.parametrize(
    "text",
    [
        "psql -h h -p 1 -U u -d d",
        "psql -hh -p1 -Uu d",
        "psql -h h -p 1 d u",
        "psql --host=h --port 1 --username=u --dbname=d -X -At -c 'select 1' --no-psqlrc",
        "$ /usr/bin/psql -h h -p 1 -U u d # my note",
        "psql \\\n  -h h -p 1 \\\n -U u d",
        "psql 'host=h port=1 user=u dbname=d'",
        "psql -d postgresql://u@h:1/d -v ON_ERROR_STOP=1",
        "psql postgresql://u@h:1/d",
        "LC_ALL=C PGHOST=h PGPORT=1 PGUSER=u psql d",
        "env PGDATABASE=d psql -h h -p 1 -U u",
    ],
)
def test_options(text: str) -> None:
    found = psql.read_command(text, read)
    assert found is not None
    assert found.values == WHOLE


def test_variables_and_another_user() -> None:
    found = psql.read_command("PGPASSWORD='K9 x' sudo -u app psql d", read)
    assert found is not None
    assert found.values == {"password": "K9 x", "dbname": "d"}
    assert ["--as" in note for note in found.notes] == [False, True]


@pytest.mark.parametrize(
    "text",
    [
        "psql -h h -W canary",
        "psql --password canary -h h",
        "psql -h h --password=canary",
        "psql -h h d u canary",
        "psql -h h -Wcanary",
        "psql -h h -d 'canary",
        "psql --canary=x",
        "psql 'postgresql://u:x@canary@h/d'",
        "PGUSER=canary psql -U yranac",
    ],
)
def test_what_is_refused_is_not_repeated(text: str) -> None:
    with pytest.raises(DsnError) as caught:
        psql.read_command(text, read)
    assert "anar" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "appdb",
        "psql://h/d",
        "host=h",
        "PGPASSWORD=a b psql -h h",
        "the psql of it",
        "PSQL -h h",
        "# don't run psql\nDB_HOST=h",
    ],
)
def test_other_texts(text: str) -> None:
    assert psql.read_command(text, read) is None
