# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a lock is on, in words."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.locks.objects import advisory, described
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.locks.read import Lock

NAMES = {(1, 10): "app.orders", (1, 2615): "pg_catalog.pg_namespace"}
DATABASES = {1: "shop", 2: "other"}


def lock(kind: str, **facts: Any) -> Lock:
    plain = dict.fromkeys(
        (
            "pid",
            "relation",
            "page",
            "tuple_number",
            "virtualxid",
            "transaction",
            "classid",
            "objid",
            "objsubid",
            "prepared",
        )
    )
    return Lock(
        **{**plain, "kind": kind, "mode": "ShareLock", "database": 1, "wait_age_s": None, "blocked_by": (), **facts}
    )


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (lock("relation", relation=10), "app.orders"),
        (lock("relation", relation=11), "relation 11 of database shop"),
        (lock("relation", relation=10, database=2), "relation 10 of database other"),
        (lock("relation", relation=10, database=0), "relation 10"),
        (lock("tuple", relation=10, page=3, tuple_number=4), "row (3,4) of app.orders"),
        (lock("page", relation=10, page=3), "page 3 of app.orders"),
        (lock("extend", relation=10), "extension of app.orders"),
        (lock("transactionid", transaction=77), "transaction 77"),
        (lock("virtualxid", virtualxid="3/4"), "snapshot of transaction 3/4"),
        (lock("object", classid=2615, objid=5), "object 5 of pg_catalog.pg_namespace"),
        (lock("advisory", classid=0, objid=72707369, objsubid=1), "advisory lock 72707369 of Prisma"),
        (lock("frozenid"), "frozenid"),
    ],
)
def test_a_lock_in_words(what: Lock, expected: str) -> None:
    assert described(what, NAMES, DATABASES) == expected


def test_two_numbers_are_two_numbers() -> None:
    assert advisory("shop", 0, 72707369, 2) == "advisory lock (0, 72707369)"
