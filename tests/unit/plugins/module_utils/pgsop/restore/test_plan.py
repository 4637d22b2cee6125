# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said of a restored database that is not what was dumped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import (
    RestorePlan,
    RestoreRequest,
    differs,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    dump_of,
    stored_of,
)

PLAN = RestorePlan(stored_of(1), dump_of("appdb"), {}, {}, ("app",), 17, 17)


def test_many_differences_are_counted() -> None:
    error = differs(PLAN, [f"table t{number} is missing" for number in range(13)])
    assert "table t9 is missing; and 3 more" in str(error)


@pytest.mark.parametrize(
    ("request_", "command"),
    [
        (RestoreRequest("appdb"), "sudo pgsop restore --database appdb --set SET --keep-going"),
        (
            RestoreRequest("appdb", target="a b"),
            "sudo pgsop restore --database appdb --set SET --target 'a b' --keep-going",
        ),
        (
            RestoreRequest("appdb", replace="appdb"),
            "sudo pgsop restore --database appdb --set SET --replace appdb --keep-going",
        ),
    ],
)
def test_command_that_continues_is_complete(request_: RestoreRequest, command: str) -> None:
    assert replace(PLAN, request=request_).keep_going == command.replace("SET", PLAN.stored.name)


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ([], '"$user", public'),
        ([{"role": None, "name": "search_path", "value": "app, public"}], "app, public"),
        ([{"role": "app", "name": "search_path", "value": "app"}], '"$user", public'),
    ],
)
def test_search_path_is_that_of_the_database(settings: list[dict[str, str | None]], path: str) -> None:
    dump = replace(PLAN.dump, properties={**PLAN.dump.properties, "settings": settings})
    assert replace(PLAN, dump=dump).search_path == path
