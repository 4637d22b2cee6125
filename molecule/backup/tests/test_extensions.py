# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases with extensions that have rows of their own: in an order that matters, and in one database of the cluster only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backup.tests.conftest import Vault, Vaults
    from conftest import Server

#: These tests do not depend on the platform.
PLATFORM = "last"

INSTALL = "DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends %s %s"
#: A subscription refers to a queue, a consumer and a tick, and these foreign keys are there before the rows.
QUEUE = (
    "CREATE EXTENSION pgq",
    "SELECT pgq.create_queue('q'); SELECT pgq.register_consumer('q', 'c')",
    "CREATE TABLE mine (a int PRIMARY KEY); INSERT INTO mine SELECT generate_series(1, 100)",
)
JOBS = (
    "CREATE EXTENSION pg_cron",
    "SELECT cron.schedule('nightly', '0 3 * * *', 'SELECT 1')",
    "CREATE TABLE mine (a int PRIMARY KEY); INSERT INTO mine SELECT generate_series(1, 100)",
    "CREATE VIEW plan AS SELECT jobname FROM cron.job",
    "CREATE VIEW plans AS SELECT count(*) AS n FROM plan",
    "CREATE TABLE notes (job cron.job, n int); INSERT INTO notes (n) VALUES (4)",
    "GRANT SELECT ON cron.job TO pg_monitor; GRANT EXECUTE ON FUNCTION cron.schedule(text, text) TO pg_monitor",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA cron GRANT SELECT ON TABLES TO pg_monitor",
)
PRIVILEGES = "SELECT concat(relacl, proacl, defaclacl) FROM pg_class, pg_proc, pg_default_acl WHERE relname = 'job' AND proname = 'schedule'"


@pytest.fixture(scope="module")
def installed(server: Server) -> Server:
    server.host.check_output(INSTALL, *[f"postgresql-{server.version}-{name}" for name in ("pgq3", "cron")])
    return server


@pytest.fixture(scope="module")
def queue(installed: Server, vault: Vaults) -> Iterator[Vault]:
    made = vault("queue", databases=("queue",), restore_jobs=4)
    installed.sql("CREATE DATABASE queue")
    for statement in QUEUE:
        installed.sql(statement, "queue")
    made.backup()
    yield made
    for name in ("queue", "queue_restore"):
        # The timer of health opens a session in every database each five minutes.
        installed.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def jobs(installed: Server, vault: Vaults) -> Iterator[Vault]:
    """A database named as the one for pg_cron; afterwards the server is as it was."""
    made = vault("jobs", databases=("jobs",))
    restart = f"systemctl restart {installed.unit}"
    installed.sql("ALTER SYSTEM SET shared_preload_libraries = 'pg_cron'")
    # The server does not know the second setting before it has loaded the library.
    installed.host.check_output(restart)
    installed.sql("ALTER SYSTEM SET cron.database_name = 'jobs'")
    installed.sql("CREATE DATABASE jobs")
    installed.host.check_output(restart)
    for statement in JOBS:
        installed.sql(statement, "jobs")
    made.backup()
    yield made
    for name in ("cron.database_name", "shared_preload_libraries"):
        installed.sql(f"ALTER SYSTEM RESET {name}")
    installed.host.check_output(restart)
    for name in installed.sql("SELECT datname FROM pg_database WHERE datname ~ '^jobs'").splitlines():
        installed.sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_rows_with_foreign_keys_among_them_come_back_with_several_jobs(queue: Vault) -> None:
    # An order that is left to chance is right now and then.
    for _attempt in range(3):
        (drilled,) = queue.report("drill")["databases"]
        assert drilled["compared"]["rows"] == 100
    queue.report("restore", "--database", "queue")
    subscribed = "SELECT count(*) FROM pgq.subscription JOIN pgq.tick ON tick_id = sub_last_tick"
    assert queue.server.sql(subscribed, "queue_restore") == queue.server.sql(subscribed, "queue") == "1"


def test_copy_of_a_database_with_scheduled_jobs_has_none(jobs: Vault) -> None:
    report = jobs.report("restore", "--database", "jobs", "--target", "jobs_copy")
    assert [warning for warning in report["warnings"] if "pg_cron" in warning]
    assert report["omitted"] == []
    assert jobs.server.sql("SELECT count(*) FROM mine", "jobs_copy") == "100"
    assert jobs.server.sql("SELECT count(*) FROM pg_extension WHERE extname = 'pg_cron'", "jobs_copy") == "0"


def test_drill_leaves_out_what_no_copy_can_have(jobs: Vault) -> None:
    report = jobs.report("drill")
    assert [warning for warning in report["warnings"] if "pg_cron" in warning]
    assert report["databases"][0]["compared"]["rows"] == 100


def test_database_in_its_place_has_its_jobs_and_what_uses_them(jobs: Vault) -> None:
    before = jobs.server.sql("SELECT jobid, schedule, command, jobname FROM cron.job", "jobs")
    privileges = jobs.server.sql(PRIVILEGES, "jobs")
    report = jobs.report("restore", "--database", "jobs", "--replace", "jobs")
    assert (report["omitted"], [warning for warning in report["warnings"] if "pg_cron" in warning]) == ([], [])
    assert jobs.server.sql("SELECT jobid, schedule, command, jobname FROM cron.job", "jobs") == before
    assert jobs.server.sql("SELECT n FROM plans", "jobs") == "1"
    assert jobs.server.sql("SELECT n FROM notes", "jobs") == "4"
    assert jobs.server.sql(PRIVILEGES, "jobs") == privileges
    assert "pg_monitor" in privileges
    # The next number of a job is that of the sequence that was dumped.
    jobs.server.sql("SELECT cron.schedule('another', '0 4 * * *', 'SELECT 1')", "jobs")
    assert jobs.server.sql("SELECT max(jobid) FROM cron.job", "jobs") == "2"


def test_extension_that_works_in_another_database_is_left_out_and_named(jobs: Vault) -> None:
    jobs.server.sql("ALTER SYSTEM SET cron.database_name = 'elsewhere'")
    jobs.server.host.check_output(f"systemctl restart {jobs.server.unit}")
    report = jobs.report("restore", "--database", "jobs", "--replace", "jobs")
    assert [warning for warning in report["warnings"] if "elsewhere" in warning]
    assert jobs.server.sql("SELECT count(*) FROM mine", "jobs") == "100"
