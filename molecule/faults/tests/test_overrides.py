# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody else's hand in the configuration: managed values set elsewhere, and files that are broken already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Server
    from faults.tests.conftest import Change, Refuse
    from testinfra.host import Host

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

MANAGED = {"log_temp_files": "4MB", "log_min_duration_statement": "1min"}


@pytest.fixture(scope="module", autouse=True)
def managed(server: Server, change: Change) -> Iterator[None]:
    """Two settings are managed by a drop-in of their own."""
    before = server.state()
    assert not change("pg_settings", settings=MANAGED)["failed"]
    yield
    server.host.check_output(f"rm {server.config}/conf.d/70-fault.conf")
    server.reload()
    assert server.state() == before


@pytest.fixture(autouse=True)
def tidy(server: Server) -> Iterator[None]:
    """What a test puts beside them is gone afterwards, and the managed values are in force."""
    before = server.state()
    yield
    server.host.check_output(f"rm -f {server.config}/conf.d/99-local.conf")
    server.sql("ALTER SYSTEM RESET ALL")
    server.reload()
    assert server.state() == before


def test_override_in_postgresql_auto_conf_is_shown_and_reset(server: Server, change: Change) -> None:
    server.sql("ALTER SYSTEM SET log_temp_files = '99MB'")
    server.sql("ALTER SYSTEM SET log_autovacuum_min_duration = '7min'")
    foreseen = change("pg_settings", settings=MANAGED, check=True)
    shown = [diff for diff in foreseen["diff"] if diff["after_header"] == f"{server.data}/postgresql.auto.conf"]
    assert [(diff["before"], diff["after"]) for diff in shown] == [("log_temp_files = '99MB'\n", "")]
    assert "log_temp_files" in server.read(f"{server.data}/postgresql.auto.conf")
    done = change("pg_settings", settings=MANAGED)
    assert done["changed"]
    assert done["actions"] == foreseen["actions"] == ["ALTER SYSTEM RESET log_temp_files", "reload"]
    assert server.show("log_temp_files") == "4MB"
    kept = server.read(f"{server.data}/postgresql.auto.conf")
    assert "log_temp_files" not in kept
    assert "log_autovacuum_min_duration = '7min'" in kept


def test_override_in_postgresql_auto_conf_is_refused_where_that_is_declared(server: Server, refuse: Refuse) -> None:
    server.sql("ALTER SYSTEM SET log_temp_files = '99MB'")
    error = refuse("pg_settings", settings=MANAGED, auto_conf="refuse")
    path = f"{server.data}/postgresql.auto.conf"
    assert f"overridden by log_temp_files = 99MB in {path} line 3" in error
    assert "Next step: remove the override (in postgresql.auto.conf: ALTER SYSTEM RESET)" in error


def test_override_in_a_later_file_of_somebody_else_is_refused_with_file_and_line(
    server: Server, refuse: Refuse
) -> None:
    path = f"{server.config}/conf.d/99-local.conf"
    server.host.check_output(f"printf '# ours\nlog_temp_files = 1GB\n' >{path}; chown postgres: {path}")
    error = refuse("pg_settings", settings=MANAGED)
    assert f"overridden by log_temp_files = 1GB in {path} line 2" in error
    assert "Next step: remove the override" in error
    assert f"{server.config}/conf.d/70-fault.conf" in error


def test_value_of_a_role_that_puts_data_at_risk_is_reported_and_hinders_nothing(server: Server, change: Change) -> None:
    """It is the role that asks whether the settings are in force."""
    settings = MANAGED | {"zero_damaged_pages": False}
    server.sql("ALTER ROLE postgres SET zero_damaged_pages = on")
    try:
        foreseen, done = (change("pg_settings", settings=settings, check=check) for check in (True, False))
        for result in (foreseen, done):
            assert [found["statement"] for found in result["overrides"]] == [
                "ALTER ROLE postgres RESET zero_damaged_pages"
            ]
        assert not change("pg_settings", settings=settings)["changed"]
        server.sql(done["overrides"][0]["statement"])
        assert change("pg_settings", settings=settings)["overrides"] == []
    finally:
        server.sql("ALTER ROLE postgres RESET zero_damaged_pages")
        assert not change("pg_settings", settings=MANAGED)["failed"]


def test_file_of_somebody_else_that_sets_something_else_is_none_of_our_business(server: Server, change: Change) -> None:
    path = f"{server.config}/conf.d/99-local.conf"
    server.host.check_output(f"echo 'log_autovacuum_min_duration = 7min' >{path}; chown postgres: {path}")
    result = change("pg_settings", settings=MANAGED)
    assert not result["failed"]
    assert not result["changed"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("work_mem = banana", ["broken already: {path} line {number}: work_mem", "correct or remove those lines"]),
        # Debian's tools, which everything here asks first, are stricter than the server.
        ("this is no setting", ["invalid line {number} in {path}", "mend what it complains about"]),
    ],
)
def test_postgresql_conf_broken_by_somebody_else_is_refused_with_file_and_line(
    host: Host, server: Server, refuse: Refuse, line: str, words: list[str]
) -> None:
    path = f"{server.config}/postgresql.conf"
    number = int(host.check_output(f"wc -l <{path}")) + 1
    host.check_output(f"cp -p {path} /tmp/kept.conf; echo %s >>{path}", line)
    error = refuse("pg_settings", settings=MANAGED | {"log_temp_files": "5MB"})
    host.check_output(f"mv /tmp/kept.conf {path}")
    for word in [*words, "Next step: "]:
        assert word.format(path=path, number=number) in error
