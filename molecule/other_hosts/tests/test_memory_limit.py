# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container that may use less memory than its host has, and the few MB by which measurements differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from bed.hosts import converged

if TYPE_CHECKING:
    from conftest import Container, PlayRunner
    from other_hosts.tests.conftest import Lab

SITE = "aerovista.postgresql.site"

#: As docs/tuning.md has them.
EXPECTED = {
    2048: {
        "max_connections": "100",
        "shared_buffers": "512MB",
        "work_mem": "5MB",
        "maintenance_work_mem": "64MB",
        "effective_cache_size": "1536MB",
    },
    4096: {
        "max_connections": "100",
        "shared_buffers": "1GB",
        "work_mem": "12MB",
        "maintenance_work_mem": "64MB",
        "effective_cache_size": "3GB",
    },
}


@pytest.fixture(scope="module", params=EXPECTED, ids=lambda megabytes: f"{megabytes}MB")
def megabytes(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def limited(
    megabytes: int, one_platform: str, fresh_container: Callable[..., Container], play: PlayRunner
) -> Iterator[Container]:
    """A host that was converged without a limit, and has one now."""
    host = fresh_container(converged(one_platform), memory=f"{megabytes}m")
    result = play(SITE, on=host, arguments=["--tags", "pg_tuning"])
    assert result.rc == 0, result.output
    yield host
    host.host.run("systemctl stop postgresql")  # its memory, for the next one


def test_the_limit_is_what_counts(
    limited: Container, megabytes: int, lab: Lab, run_module: Callable[..., dict[str, Any]]
) -> None:
    proposal = run_module("pg_tuning_info", {"version": lab.major(limited)}, on=limited)
    assert proposal["memory"]["mb"] == proposal["memory"]["counted_mb"] == megabytes
    assert proposal["memory"]["source"].startswith("cgroup"), proposal["memory"]


def test_its_values_are_in_force(limited: Container, megabytes: int, lab: Lab) -> None:
    expected = EXPECTED[megabytes]
    assert dict(
        zip(expected, lab.sql(limited, "; ".join(f"SHOW {name}" for name in expected)).split(), strict=True)
    ) == (expected)


def test_the_reasons_say_what_was_lowered(
    limited: Container, megabytes: int, lab: Lab, run_module: Callable[..., dict[str, Any]]
) -> None:
    proposal = run_module("pg_tuning_info", {"version": lab.major(limited)}, on=limited)
    assert sorted(proposal["lowered"]) == ["maintenance_work_mem", "work_mem"]
    assert "lowered from 16MB" in proposal["reasons"]["work_mem"]
    assert f"90 % of {megabytes} MB" in proposal["reasons"]["work_mem"]
    assert "lowered from 256MB" in proposal["reasons"]["maintenance_work_mem"]
    assert proposal["reasons"]["shared_buffers"] == f"SOP section 6: 25 % of {megabytes} MB"
    written = lab.run(limited, "cat /etc/postgresql/*/main/conf.d/60-pg_tuning.conf")
    assert "lowered from 16MB" in written


def test_a_few_megabytes_of_drift_change_nothing(limited: Container, megabytes: int, play: PlayRunner) -> None:
    for measured in (megabytes - 12, megabytes - 4):
        result = play(SITE, on=limited, extra_vars={"pg_tuning_memory_mb": measured}, arguments=["--tags", "pg_tuning"])
        assert (result.rc, result.changed) == (0, 0), result.output


def test_a_third_less_memory_is_no_drift(limited: Container, megabytes: int, play: PlayRunner) -> None:
    extra_vars = {"pg_tuning_memory_mb": megabytes * 2 // 3}
    result = play(SITE, on=limited, check=True, extra_vars=extra_vars, arguments=["--tags", "pg_tuning"])
    assert (result.rc, result.changed) == (0, 1), result.output


def test_more_memory_than_there_is_is_refused(limited: Container, megabytes: int, play: PlayRunner) -> None:
    extra_vars = {"pg_tuning_memory_mb": megabytes * 3 // 2}
    result = play(SITE, on=limited, extra_vars=extra_vars, arguments=["--tags", "pg_tuning"])
    assert (result.rc, result.changed) == (2, 0), result.output
    assert f"pg_tuning_memory_mb is {megabytes * 3 // 2} and this host has {megabytes} MB" in result.output
