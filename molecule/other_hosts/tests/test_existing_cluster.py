# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host that has had PostgreSQL for long: its data stays, its weak rules go, what cannot be changed is reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Container, PlayResult, PlayRunner
    from other_hosts.tests.conftest import Lab

SITE = "aerovista.postgresql.site"
ROWS = "SELECT count(*), sum(id), md5(string_agg(name, ',' ORDER BY id)) FROM goods"
RULES = (
    "SELECT type, array_to_string(database, ','), array_to_string(user_name, ','), auth_method FROM pg_hba_file_rules"
)


@pytest.fixture(scope="module")
def old(
    one_platform: str, fresh_container: Callable[..., Container], with_packages: Callable[[str], str], lab: Lab
) -> Container:
    """As a package made it years ago: locale C, no checksums, the packaged pg_hba.conf, a database in use."""
    host = fresh_container(with_packages(one_platform))
    version = lab.major(host)
    checksums = " -- --no-data-checksums" if version >= 18 else ""
    lab.run(host, f"pg_createcluster {version} main -p 5432 --locale=C --encoding=UTF8 --start{checksums}")
    lab.sql(host, "CREATE DATABASE shop")
    fill = "CREATE TABLE goods AS SELECT i AS id, md5(i::text) AS name FROM generate_series(1, 5000) AS i"
    lab.sql(host, fill, database="shop")
    return host


@pytest.fixture(scope="module")
def before(old: Container, lab: Lab) -> dict[str, str]:
    return {
        "rows": lab.sql(old, ROWS, database="shop"),
        "rules": lab.sql(old, RULES),
        "identifier": lab.sql(old, "SELECT system_identifier FROM pg_control_system()"),
    }


@pytest.fixture(scope="module")
def converged(old: Container, before: dict[str, str], play: PlayRunner) -> PlayResult:
    assert before["rows"], "to be looked at before the play"
    result = play(SITE, on=old, env={"PGSOP_SUMMARY": "full"})
    assert result.rc == 0, result.output
    return result


@pytest.mark.usefixtures("converged")
def test_the_data_is_still_there(old: Container, before: dict[str, str], lab: Lab) -> None:
    assert before["rows"].startswith("5000|12502500|")
    assert lab.sql(old, ROWS, database="shop") == before["rows"]
    assert lab.sql(old, "SELECT system_identifier FROM pg_control_system()") == before["identifier"]


@pytest.mark.usefixtures("converged")
def test_the_packaged_replication_rules_are_gone(old: Container, before: dict[str, str], lab: Lab) -> None:
    assert "local|replication|all|peer" in before["rules"]
    assert lab.sql(old, RULES).splitlines() == [
        "local|all|postgres|peer",
        "host|all|all|scram-sha-256",
        "host|all|all|scram-sha-256",
    ]


def test_what_a_new_cluster_would_have_is_reported(converged: PlayResult) -> None:
    looks = (task for task in converged.tasks if task.action == "aerovista.postgresql.pg_cluster_info")
    reports = [look.result for look in looks if look.status != "skipped"]
    assert reports[0]["differences"] == [
        "locale is C/C, a new cluster would have C.UTF-8",
        "data checksums are off, a new cluster would have them on",
    ]


def test_the_play_says_so_to_a_person(converged: PlayResult) -> None:
    assert "data checksums are off" in converged.stdout


@pytest.mark.usefixtures("converged")
def test_the_second_run_changes_nothing(old: Container, play: PlayRunner) -> None:
    result = play(SITE, on=old)
    assert result.rc == 0, result.output
    assert result.changed == 0, result.output
