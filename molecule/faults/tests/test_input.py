# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input is refused before a host is touched: this host does not even exist, so touching it would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import PlayResult, PlayRunner, Server
    from testinfra.host import Host

#: These tests do not depend on the platform.
PLATFORM = "first"

NOWHERE = "pgsop-scratch-nowhere"
ON_THE_CONTROLLER = {
    "ansible.builtin.include_role",
    "aerovista.postgresql.pg_preflight",
    "ansible.builtin.debug",
}
RULE = {"type": "host", "address": "127.0.0.1/32", "method": "scram-sha-256"}

CASES: list[tuple[str, Any, list[str]]] = [
    # wrong type
    ("pg_install_checksums", "perhaps", ["pg_install_checksums", "perhaps"]),
    ("pg_install_port", "five", ["pg_install_port", "five"]),
    ("pg_hardening_hba_pairs", {"database": "crm"}, ["pg_hardening_hba_pairs"]),
    ("pg_hardening_settings", ["fsync"], ["pg_hardening_settings"]),
    ("pg_hardening_sandbox", "perhaps", ["pg_hardening_sandbox", "perhaps"]),
    ("pg_tuning_memory_mb", "4 GB", ["pg_tuning_memory_mb", "4 GB"]),
    ("pg_tuning_settings", {"work_mem": ["8MB"]}, ["pg_tuning_settings", "work_mem"]),
    ("pg_backup_keep_days", "two weeks", ["pg_backup_keep_days", "two weeks"]),
    ("pg_monitoring_interval_minutes", "often", ["pg_monitoring_interval_minutes", "often"]),
    (
        "pg_monitoring_thresholds",
        {"disk.space": {"warn": "70 %"}},
        ["warn of disk.space is '70 %' and must be a number"],
    ),
    # not among the choices
    ("pg_monitoring_schedule", "hourly", ["pg_monitoring_schedule", "timer, cron, none"]),
    ("pg_backup_format", "tar", ["pg_backup_format", "directory, custom"]),
    ("pg_install_repository", "backports", ["pg_install_repository", "distribution, pgdg"]),
    ("pg_hardening_auto_conf", "ignore", ["pg_hardening_auto_conf", "reset, refuse"]),
    ("pg_tuning_profile", "fast", ["pg_tuning_profile", "sop, web, oltp, mixed, dw"]),
    # unknown variable with the role's prefix
    ("pg_install_versoin", 16, ["role pg_install has no variable pg_install_versoin"]),
    ("pg_hardening_listen_adresses", ["localhost"], ["role pg_hardening has no variable pg_hardening_listen_adresses"]),
    ("pg_backup_exlude", ["crm"], ["role pg_backup has no variable pg_backup_exlude"]),
    ("pg_tuning_memory", 4096, ["role pg_tuning has no variable pg_tuning_memory"]),
    ("pg_monitoring_treshold", {}, ["role pg_monitoring has no variable pg_monitoring_treshold"]),
    # unknown or missing key
    ("pg_monitoring_extra_checks", [{"name": "queue", "sql": "SELECT 1"}], ["pg_monitoring_extra_checks", "database"]),
    ("pg_monitoring_disabled", ["disk.spaec"], ["pg_monitoring_disabled: there is no check disk.spaec"]),
    ("pg_hardening_hba_rules", [RULE | {"databse": ["crm"]}], ["pg_hardening_hba_rules", "databse"]),
    ("pg_hardening_hba_rules", [{"type": "local"}], ["pg_hardening_hba_rules", "method"]),
    ("pg_hardening_hba_pairs", [{"database": "crm", "user": "app"}], ["pg_hardening_hba_pairs", "user"]),
    # out of range
    ("pg_install_version", 12, ["pg_install_version is 12 and must be from 13"]),
    ("pg_install_port", 0, ["pg_install_port is 0 and must be from 1 to 65535"]),
    ("pg_install_cluster", "../main", ["pg_install_cluster is '../main'"]),
    ("pg_hardening_port", 65536, ["pg_hardening_port is 65536 and must be from 1 to 65535"]),
    ("pg_hardening_listen_addresses", ["192.0.2.1"], ["pg_hardening_listen_addresses holds 192.0.2.1"]),
    (
        "pg_hardening_settings",
        {"Listen_Addresses": "*"},
        ["pg_hardening_settings has Listen_Addresses", "pg_hardening_listen_addresses"],
    ),
    ("pg_tuning_memory_mb", 255, ["pg_tuning_memory_mb is 255 and must be from 256"]),
    ("pg_backup_directory", "/var/backups", ["pg_backup_directory is '/var/backups', which belongs to the system"]),
    ("pg_backup_keep_sets", 0, ["pg_backup_keep_sets is 0 and must be from 1"]),
    ("pg_backup_schedule_time", "25:30", ["pg_backup_schedule_time is 25:30"]),
    (
        "pg_backup_copy_command",
        "rsync x y",
        ["pg_backup_copy_command starts with 'rsync' and must start with the absolute path"],
    ),
    (
        "pg_backup_failure_command",
        "/bin/true | /bin/x",
        ["pg_backup_failure_command cannot work: it has | outside of quotes"],
    ),
    ("pg_monitoring_interval_minutes", 0, ["pg_monitoring_interval_minutes is 0 and must be from 1 to 60"]),
    ("pg_monitoring_deadline_s", 0, ["pg_monitoring_deadline_s is 0 and must be from 1"]),
    (
        "pg_monitoring_textfile_directory",
        "var/lib",
        ["pg_monitoring_textfile_directory is 'var/lib' and must be an absolute path"],
    ),
    # a rule that lets anybody in
    ("pg_hardening_hba_rules", [RULE | {"method": "trust"}], ["'host all all 127.0.0.1/32 trust'"]),
]


def attempt(number: int, variable: str, value: Any) -> dict[str, Any]:
    """The role with this one variable; what it fails with is kept."""
    role = "aerovista.postgresql." + "_".join(variable.split("_")[:2])
    include = {"name": f"Case {number}", "ansible.builtin.include_role": {"name": role}, "vars": {variable: value}}
    keep = {"name": f"Refusal {number}", "ansible.builtin.debug": {"msg": "{{ ansible_failed_result.msg }}"}}
    return {"name": f"Attempt {number}", "block": [include], "rescue": [keep]}


@pytest.fixture(scope="module")
def run(play: PlayRunner) -> PlayResult:
    """All cases in one play, on a host that is not there."""
    tasks = [attempt(number, variable, value) for number, (variable, value, _words) in enumerate(CASES)]
    return play(tasks, on=NOWHERE, extra_vars={"postgresql_version": 17})


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{name}={value}" for name, value, _words in CASES])
def test_role_refuses_bad_input(run: PlayResult, number: int) -> None:
    said = [str(task.result["msg"]) for task in run.tasks if task.task == f"Refusal {number}"]
    assert len(said) == 1, run.output
    for word in CASES[number][2]:
        assert word in said[0]


def test_no_bad_input_reaches_the_host(run: PlayResult) -> None:
    assert {task.action for task in run.tasks} <= ON_THE_CONTROLLER
    assert len(run.with_status("failed")) == len(CASES)
    assert run.changed == 0


def test_role_with_good_input_does_touch_the_host(play: PlayRunner) -> None:
    result = play({"roles": ["aerovista.postgresql.pg_tuning"]}, on=NOWHERE, extra_vars={"postgresql_version": 17})
    assert f"No such container: {NOWHERE}" in result.output


def test_whole_procedure_checks_every_role_s_input_before_the_first_role_runs(
    host: Host, server: Server, play: PlayRunner
) -> None:
    before = server.state()
    bad = {"pg_tuning_memory_mb": 255}
    result = play("aerovista.postgresql.site", on=host, extra_vars=bad, verbosity=3)
    assert result.rc == 2
    assert "pg_tuning_memory_mb is 255" in result.error
    assert result.remote_modules == 1, "more than the facts was read"
    assert result.changed == 0
    assert server.state() == before
