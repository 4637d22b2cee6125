# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects wait for the name of their database."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.bound import Bound, bound, left_out
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.restore.plan import RestorePlan
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    dump_of,
    stored_of,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.restore.test_toc import entry

LINES = (
    "1; 3079 1 EXTENSION - pg_cron ",
    "2; 0 0 COMMENT - EXTENSION pg_cron ",
    "3; 0 0 ACL - SCHEMA cron postgres",
    "4; 1259 4 VIEW app jobs postgres",
    "5; 0 5 TABLE DATA cron job postgres",
    "6; 0 0 SEQUENCE SET cron jobid_seq postgres",
    "7; 1259 7 TABLE app cron postgres",
    "8; 0 8 TABLE DATA public pg_cron_log postgres",
)


def plan_of(**extensions: str) -> RestorePlan:
    dump = dump_of("appdb", extensions=extensions, rows_of_extensions={"cron.job": 2, "other.t": 5})
    return RestorePlan(stored_of(1, [dump]), dump, {}, {}, (), 17, 17)


def test_extension_in_the_dump_is_bound() -> None:
    assert bound(plan_of(pg_cron="1.6", plpgsql="1.0")).extensions == ("pg_cron",)
    assert bound(plan_of(plpgsql="1.0")).extensions == ()


def test_entries_of_the_extension_are_found_and_no_others() -> None:
    found = Bound(("pg_cron",)).part(map(entry, LINES))
    assert [each.identifier for each in found] == [1, 2, 3, 5, 6]


@pytest.mark.parametrize(
    ("kind", "name", "explained"),
    [
        ("extension", "pg_cron", True),
        ("extension", "pgq", False),
        ("policy", "cron.job.cron_job_policy", True),
        ("privileges", "schema cron", True),
        ("privileges", "extension pg_cron", True),
        ("privileges", "table cron.job", True),
        ("privileges", "function cron.schedule(pg_catalog.text,pg_catalog.text)", True),
        ("privileges", "table app.cron", False),
        ("privileges", "schema cronos", False),
        ("default privileges", "postgres cron r", True),
        ("default privileges", "cron public r", False),
        ("", "cron.jobid_seq", True),
        ("view", "app.jobs", True),
        ("column", "app.jobs.jobid", True),
        ("view", "app.jobs_of_others", False),
        ("table", "app.cron", False),
    ],
)
def test_what_waits_is_not_missed(kind: str, name: str, explained: bool) -> None:
    assert Bound(("pg_cron",), [entry(LINES[3])]).explains(kind, name) is explained


def test_rows_of_a_table_that_waits_wait_too() -> None:
    waiting = Bound(("pg_cron",), [entry("9; 1259 9 TABLE public dep postgres")])
    rows = [entry("10; 0 9 TABLE DATA public dep postgres"), entry("11; 0 12 TABLE DATA public other postgres")]
    # Nothing is asked of a dump for rows.
    nowhere: Any = None
    assert [each.identifier for each in waiting.users(nowhere, rows)] == [10]


def test_nothing_is_explained_without_such_an_extension() -> None:
    assert not Bound(()).explains("policy", "cron.job.cron_job_policy")


def test_rows_that_are_left_out_are_counted() -> None:
    plan = plan_of(pg_cron="1.6")
    (warning,) = left_out(plan, bound(plan))
    assert " 2 rows " in warning
