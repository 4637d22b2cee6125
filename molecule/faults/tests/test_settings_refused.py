# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that are refused before the server is asked to use them: same files, same values, same postmaster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Server
    from faults.tests.conftest import Refuse, RefuseAll, Role


#: These tests do not depend on the platform.
PLATFORM = "last"

BAD: dict[str, tuple[Any, list[str]]] = {
    "work_mem": ("16 Mb", ["unit 'Mb'", "kB, MB, GB, TB"]),
    "maintenance_work_mem": ("10kB", ["outside the server's range", " .. 2147483647 (in units of kB)"]),
    "temp_buffers": ("plenty", ["is not a number", "kB, MB, GB, TB"]),
    "statement_timeout": ("1 week", ["unit 'week'", "us, ms, s, min, h, d"]),
    "log_statement": ("everything", ["is not one of none, ddl, mod, all"]),
    "log_connections_of_all": ("on", ["this server has no such setting"]),
    "ssl": ("maybe", ["is not a boolean", "on or off"]),
    "max_connections": ("2.000.000", ["is not a number"]),
    "port": (70000, ["outside the server's range 1 .. 65535"]),
    "data_checksums": (False, ["cannot be set"]),
    "shared_buffers": ("4TB", ["4194304 MB is more than the", "the server could not start"]),
}


@pytest.fixture(scope="module")
def errors(refuse_all: RefuseAll) -> dict[str, str]:
    owner: dict[str, Any] = {"name": "pg_hardening", "priority": 50}
    return refuse_all(
        "pg_settings", {name: owner | {"settings": {name: value}} for name, (value, _words) in BAD.items()}
    )


@pytest.mark.parametrize("name", BAD)
def test_bad_value_is_refused_with_file_setting_value_and_what_is_accepted(
    server: Server, errors: dict[str, str], name: str
) -> None:
    value, words = BAD[name]
    shown = "off" if value is False else value
    next_step = "Next step: correct the settings given for pg_hardening; nothing was changed"
    for word in [*words, f"{server.config}/conf.d/50-pg_hardening.conf", f"{name} = {shown}: ", next_step]:
        assert word in errors[name]


def test_all_bad_values_are_named_at_once(refuse: Refuse) -> None:
    error = refuse("pg_settings", settings={"work_mem": "1 Mb", "jit": "off", "log_statement": "everything"})
    assert "work_mem = 1 Mb" in error
    assert "log_statement = everything" in error
    assert "jit" not in error


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        # What a setting means beyond its type, only the server knows.
        ({"log_timezone": "Mars/X"}, ["log_timezone", "Mars/X", "the server would refuse", "70-fault.conf line"]),
        # The sum of several settings, which a start would refuse; read by the server's own program beforehand.
        ({"max_connections": 262143}, ["max_connections = 262143", "the server was not stopped"]),
    ],
)
def test_value_that_only_the_server_can_judge_is_put_back_without_a_restart(
    refuse: Refuse, settings: dict[str, Any], words: list[str]
) -> None:
    error = refuse("pg_settings", settings=settings)
    for word in [*words, "the previous state was put back and is in force", "Next step: correct the value"]:
        assert word in error


def test_bad_value_in_a_role_s_variable_is_refused_by_the_role(server: Server, role: Role) -> None:
    before = server.state()
    result = role("pg_hardening", pg_hardening_settings={"authentication_timeout": "1 week"})
    assert result.rc != 0
    assert result.changed == 0
    assert "pg_hardening_settings: authentication_timeout = 1 week" in result.error
    assert server.state() == before


def test_memory_beyond_the_host_in_a_role_s_variable_is_refused_with_the_numbers(server: Server, role: Role) -> None:
    before = server.state()
    result = role("pg_tuning", pg_tuning_settings={"shared_buffers": "4TB"}, pg_tuning_force=True)
    assert result.rc != 0
    assert result.changed == 0
    assert "shared_buffers = 4TB: 4194304 MB is more than the" in result.error
    assert server.state() == before


def test_memory_beyond_the_budget_is_refused_with_the_numbers_and_the_way_to_force_it(
    server: Server, role: Role
) -> None:
    before = server.state()
    result = role("pg_tuning", pg_tuning_settings={"work_mem": "64GB"})
    assert result.rc != 0
    assert result.changed == 0
    for word in ["work_mem = 64GB", "100 connections x 65536 MB", "the limit is", "pg_tuning_force: true"]:
        assert word in result.error
    assert server.state() == before
