# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a restore says before and after."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore import restore
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import RestorePlan, RestoreRequest
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.publish import ReplacedDatabase
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    dump_of,
    stored_of,
)

PLAN = RestorePlan(stored_of(1), dump_of("appdb"), {}, {}, ("app",), 17, 17)


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (RestoreRequest("appdb"), ["make the roles app", "restore database appdb", "give it the name x"]),
        (
            RestoreRequest("appdb", replace="appdb"),
            ["make the roles app", "restore database appdb", "end all sessions in x"],
        ),
    ],
)
def test_forecast_says_what_would_be_done(request_: RestoreRequest, words: list[str]) -> None:
    told = restore._planned_actions(PLAN, request_, "x")
    assert [sentence[: len(start)] for sentence, start in zip(told, words, strict=True)] == words


def test_way_back_has_the_limit_that_was() -> None:
    drop, back = restore._way_back("a B", ReplacedDatabase("a B_before", 50))
    assert drop.endswith('DROP DATABASE "a B_before";')
    assert back.endswith('RENAME TO "a B"; ALTER DATABASE "a B" CONNECTION LIMIT 50;')


def test_contradiction_is_refused_without_a_server() -> None:
    with pytest.raises(PgsopError, match="--replace says"):
        restore.restore(BackupConfig(version=17), RestoreRequest("appdb", replace="other"))
