# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action that checks what is declared: each variable of each role with values that cannot be meant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.action import pg_preflight
from ansible_collections.aerovista.postgresql.plugins.plugin_utils.declaration.role_variables import (
    defaults,
    options,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.action.preflight_run import FOREIGN, Run

#: By type: values of another type, empty ones, and for numbers some out of every range.
WRONG: Mapping[str, tuple[Any, ...]] = {
    "int": ("text", "12 MB", "", 2.5, True, [1], {"a": 1}, -1, 10**12),
    "bool": ("maybe", "", 7, [True], {"a": 1}),
    "str": ("", 17, True, ["a"], {"a": 1}),
    "list": ("text", "", 5, {"a": 1}, [None]),
    "dict": ("text", "", 5, ["a"]),
    "raw": ("text", "", 5, {"a": 1}, ["text"], [{}]),
}


#: Roles leave out what these name, if they are empty.
MAY_BE_EMPTY = ("pg_monitoring_textfile_directory", "pg_monitoring_share_directory")


def _wrong_values() -> Iterator[Any]:
    for name, option in options().items():
        values = [*WRONG[option["type"]], *(["nosuch"] if "choices" in option else [])]
        for value in values if name == "pg_tuning_memory_mb" else [*values, None]:
            if value != "" or (defaults()[name] != "" and name not in MAY_BE_EMPTY):
                yield pytest.param(name, value, id=f"{name}-{value}")


CASES = list(_wrong_values())


@pytest.mark.parametrize(("name", "value"), CASES)
def test_value_of_another_type(name: str, value: Any, run: Run) -> None:
    result = run({name: value})
    assert result.get("failed"), f"{name} = {value!r} was accepted"
    assert not run.asked
    assert all(name in problem for problem in result["problems"]), result["problems"]
    assert not FOREIGN.search(result["msg"]), result["msg"]


def test_number_of_cases() -> None:
    assert len(CASES) >= 200


def test_defaults_are_accepted(run: Run) -> None:
    assert not run({}).get("failed")
    assert not run.asked, "a host need not be asked about defaults"


DATABASE: dict[str, Any] = {
    "name": "appdb",
    "schema": "app",
    "roles": {"app": {"name": "appuser", "password": "secret of the test"}},
}
WATCH = {"name": "watch", "os_user": "nagios"}
PEER = {"type": "local", "user": ["bob"], "method": "peer", "options": {"map": "own"}}
#: Variables that are refused without a question to the host, and the words that the sentence must have.
REFUSED: tuple[tuple[Mapping[str, Any], tuple[str, ...]], ...] = (
    # Names that no role has.
    *(
        ({name: 1}, (name, meant))
        for name, meant in (
            ("pg_bootsrap_databases", "pg_bootstrap_databases"),
            ("pg_harden_port", "pg_hardening_port"),
            ("pg_backups_directory", "pg_backup_directory"),
            ("pg_tunning_memory_mb", "pg_tuning_memory_mb"),
            ("postgresql_versoin", "postgresql_version"),
            ("pg_monitor_interval_minutes", "pg_monitoring_interval_minutes"),
            ("pgbootstrap_databases", "pg_bootstrap_databases"),
            ("PG_BACKUP_KEEP_DAYS", "pg_backup_keep_days"),
            ("pg-backup-keep-days", "pg_backup_keep_days"),
            ("pg_bakcup_keep_days", "pg_backup_keep_days"),
            ("pg_backup_colour", "pg_backup"),
        )
    ),
    # Numbers that YAML makes of times.
    ({"pg_backup_schedule_time": 750}, ("pg_backup_schedule_time", "12:30")),
    # Variables of different roles.
    ({"pg_install_version": 17, "pg_backup_version": 15}, ("pg_backup_version", "pg_install_version", "15", "17")),
    ({"postgresql_version": 17, "pg_tuning_version": 16}, ("pg_tuning_version", "16")),
    ({"ansible_play_role_names": ["pg_install"], "pg_hardening_port": 5433}, ("pg_hardening_port", "pg_install_port")),
    ({"ansible_play_role_names": ["pg_install"], "pg_monitoring_cluster": "other"}, ("pg_monitoring_cluster",)),
    ({"pg_backup_directory": "/var/lib/postgresql/17/main/backup"}, ("pg_backup_directory",)),
    ({"pg_backup_directory": "/srv/x", "pg_monitoring_share_directory": "/srv/x"}, ("pg_monitoring_share_directory",)),
    ({"pg_backup_copy_command": "/bin/tar c /x | /usr/bin/ssh host cat"}, ("pg_backup_copy_command", "|")),
    (
        {"pg_bootstrap_databases": [DATABASE], "pg_monitoring_logins": [{**WATCH, "name": "appuser"}]},
        ("pg_monitoring_logins", "appuser", "pg_bootstrap_databases"),
    ),
    (
        {"pg_bootstrap_roles": [{"name": "watch", "state": "absent"}], "pg_monitoring_logins": [WATCH]},
        ("pg_monitoring_logins", "watch"),
    ),
    (
        {
            "pg_monitoring_logins": [WATCH],
            "pg_hardening_ident_maps": [{"map": "pg_monitoring", "system_user": "a", "role": "b"}],
        },
        ("pg_hardening_ident_maps", "pg_monitoring"),
    ),
    ({"pg_monitoring_logins": [WATCH], "pg_hardening_hba_rules": [PEER]}, ("pg_hardening_hba_rules", "map own")),
    # A rule that no connection meets, because the one of the login is before it.
    (
        {
            "pg_monitoring_logins": [WATCH],
            "pg_hardening_hba_rules": [{"type": "local", "user": ["watch"], "method": "scram-sha-256"}],
        },
        ("pg_hardening_hba_rules", "watch", "can never match"),
    ),
    # Rules of one role.
    ({"pg_hardening_listen_addresses": ["10.0.0.5"]}, ("pg_hardening_listen_addresses", "10.0.0.5")),
    ({"pg_hardening_listen_addresses": []}, ("pg_hardening_listen_addresses", "nothing")),
    ({"pg_hardening_listen_addresses": "10.0.0.5"}, ("pg_hardening_listen_addresses", "[10.0.0.5]")),
    ({"pg_hardening_sandbox_write_paths": "srv/tablespace"}, ("pg_hardening_sandbox_write_paths", "[srv/tablespace]")),
    ({"pg_hardening_sandbox_write_paths": ["srv/x"]}, ("pg_hardening_sandbox_write_paths", "srv/x")),
    ({"pg_hardening_settings": {"port": 1}}, ("pg_hardening_settings", "pg_hardening_port")),
    ({"pg_hardening_settings": {"log_statement": None}}, ("pg_hardening_settings", "log_statement")),
    ({"pg_tuning_settings": {"work_mem": ["8MB"]}}, ("pg_tuning_settings", "work_mem")),
    ({"pg_hardening_hba_pairs": [{"database": "appdb"}]}, ("pg_hardening_hba_pairs", "entry 1", "role")),
    ({"pg_hardening_hba_pairs": [{"database": "a", "role": "b", "x": 1}]}, ("pg_hardening_hba_pairs", "x")),
    ({"pg_hardening_hba_rules": [{"type": "host", "method": "trust", "address": "all"}]}, ("pg_hardening_hba_rules",)),
    ({"pg_hardening_ident_maps": [{"map": "m", "system_user": "u"}]}, ("pg_hardening_ident_maps", "role")),
    ({"pg_monitoring_schedule": "cron", "pg_monitoring_interval_minutes": 7}, ("pg_monitoring_interval_minutes", "60")),
    ({"pg_monitoring_interval_minutes": 0}, ("pg_monitoring_interval_minutes", "from 1 to 60")),
    ({"pg_backup_keep_sets": 0}, ("pg_backup_keep_sets", "from 1")),
    ({"pg_backup_age_warn_h": 60}, ("pg_backup_age_warn_h", "pg_backup_age_crit_h")),
    ({"pg_monitoring_disabled": ["nosuch"]}, ("pg_monitoring_disabled", "nosuch")),
    (
        {"pg_monitoring_extra_checks": [{"name": "q", "database": "postgres", "sql": "DELETE FROM x"}]},
        ("pg_monitoring_extra_checks", "DELETE"),
    ),
    (
        {"pg_backup_assertions": [{"database": "postgres", "sql": "VACUUM"}]},
        ("pg_backup_assertions", "VACUUM"),
    ),
    ({"pg_bootstrap_databases": [{"nam": "x"}]}, ("pg_bootstrap_databases", "entry 1")),
    ({"pg_bootstrap_databases": [{**DATABASE, "modell": "sop"}]}, ("pg_bootstrap_databases", "appdb", "modell")),
    ({"pg_bootstrap_roles": [{"name": "bob", "member_of": "x"}]}, ("pg_bootstrap_roles", "bob", "member_of")),
    ({"pg_monitoring_logins": [{"name": "watch"}]}, ("pg_monitoring_logins", "watch", "os_user")),
    ({"pg_monitoring_logins": [{"name": "all", "os_user": "nagios"}]}, ("pg_monitoring_logins", "keyword")),
    (
        {"pg_monitoring_logins": [{"name": "watch", "passwort": DATABASE["roles"]["app"]["password"]}]},
        ("pg_monitoring_logins", "passwort"),
    ),
    ({"pg_bootstrap_public_connect": "x"}, ("pg_bootstrap_public_connect", "[x]")),
    # A date without quotes.
    ({"pg_monitoring_thresholds": {"wal.size": {"warn": dt.date(2030, 1, 1)}}}, ("wal.size", "'2030-01-01'")),
    ({"pg_install_port": dt.date(2030, 1, 1)}, ("pg_install_port", "'2030-01-01'")),
    # Tags of the command.
    ({"ansible_run_tags": ["pg_bakcup"]}, ("--tags", "pg_bakcup", "pg_backup")),
    ({"ansible_skip_tags": ["backup"]}, ("--skip-tags", "backup", "pg_backup")),
)


@pytest.mark.parametrize(("variables", "words"), REFUSED, ids=[str(variables) for variables, _words in REFUSED])
def test_refused(variables: Mapping[str, Any], words: tuple[str, ...], run: Run) -> None:
    result = run(variables)
    assert result.get("failed"), "accepted"
    assert not run.asked
    assert any(all(word in problem for word in words) for problem in result["problems"]), result["problems"]
    assert not FOREIGN.search(result["msg"]), result["msg"]
    assert DATABASE["roles"]["app"]["password"] not in result["msg"]


#: Variables that are accepted.
ACCEPTED: tuple[Mapping[str, Any], ...] = (
    {"pg_install_port": "5433", "pg_hardening_sandbox": "no", "pg_backup_jobs": "4"},
    {"pg_bootstrap_databases": [DATABASE], "pg_hardening_hba_pairs": [{"database": "appdb", "role": "appuser"}]},
    {"postgresql_users": [], "pgbouncer_port": 6432},
    {"pg_install_ignored_variables": ["pg_harden_port"], "pg_harden_port": 1},
    {"pg_tuning_memory_mb": None},
    {"pg_backup_version": 15, "ansible_play_role_names": ["pg_backup"]},
    {"pg_hardening_listen_addresses": ["localhost", "::1", "127.0.0.2"]},
    {"pg_monitoring_exclude_databases": ["scratch*"]},
    {
        "pg_backup_assertions": [
            {"database": "postgres", "sql": sql}
            for sql in ("select true", "-- why\n(SELECT true)", "/* a */ WITH x AS (SELECT 1) TABLE x", "VALUES (true)")
        ]
    },
    {
        "pg_hardening_hba_rules": [
            {"type": "local", "database": ["appdb"], "user": "appuser", "method": "scram-sha-256"}
        ]
    },
    # A date without quotes, as YAML reads it; modules get it as text.
    {
        "pg_bootstrap_roles": [
            {"name": "temp", "valid_until": dt.date(2030, 1, 1)},
            {"name": "late", "valid_until": dt.datetime(2030, 1, 1, 12)},
        ]
    },
    {"pg_bootstrap_databases": [{**DATABASE, "settings": {"app.since": dt.date(2030, 1, 1)}}]},
    {
        "pg_monitoring_logins": [WATCH, {"name": "look", "password": "secret of the test"}],
        "pg_bootstrap_databases": [DATABASE],
        "pg_hardening_hba_pairs": [{"database": "appdb", "role": "appuser"}],
        "pg_hardening_hba_rules": [PEER],
        "pg_hardening_ident_maps": [{"map": "own", "system_user": "robert", "role": "bob"}],
    },
    dict.fromkeys(MAY_BE_EMPTY, ""),
    {"ansible_run_tags": ["web"]},
    {"ansible_skip_tags": ["notest"], "playbook_dir": str(pg_preflight._PLAYBOOKS)},
    {"ansible_run_tags": ["pg_backup", "always"]},
)


@pytest.mark.parametrize("variables", ACCEPTED, ids=str)
def test_accepted(variables: Mapping[str, Any], run: Run) -> None:
    result = run(variables)
    assert not result.get("failed"), result
    assert not run.warnings


def test_all_problems_come_at_once(run: Run) -> None:
    mistakes = {"pg_install_port": 0, "pg_backup_keep_dys": 1, "pg_monitoring_schedule": "x", "pg_tuning_settings": [1]}
    problems = run(mistakes)["problems"]
    assert len(problems) == len(mistakes)


@pytest.mark.parametrize("name", ["pg_colour", "postgresql_port"])
def test_name_that_may_be_meant_for_a_role_is_one_warning(name: str, run: Run) -> None:
    assert not run({name: 1, "pg_other": 2}).get("failed")
    assert len(run.warnings) == 1
    assert name in run.warnings[0]


def test_tag_that_no_role_has_where_a_playbook_of_this_collection_was_started(run: Run) -> None:
    playbooks = str(pg_preflight._PLAYBOOKS)
    assert run({"ansible_run_tags": ["web"], "playbook_dir": playbooks})["failed"]
    assert not run({"ansible_run_tags": ["pg_tuning"], "playbook_dir": playbooks}).get("failed")


def test_host_is_not_told_passwords(run: Run) -> None:
    run({"pg_bootstrap_databases": [{**DATABASE, "settings": {"work_mem": "8MB"}}]})
    assert len(run.asked) == 1
    assert "secret" not in str(run.asked)


def test_host_is_asked_for_the_users_of_monitoring_logins(run: Run) -> None:
    run({"pg_monitoring_logins": [WATCH, {"name": "look", "password": "secret of the test"}]})
    assert [asked["os_users"] for asked in run.asked] == [["nagios"]]
    assert "secret" not in str(run.asked)


def test_host_is_asked_once_for_the_same_declaration(run: Run) -> None:
    facts = run({"pg_tuning_memory_mb": 4096})["ansible_facts"]
    run({"ansible_facts": facts, "pg_tuning_memory_mb": 4096})
    assert len(run.asked) == 1
    run({"ansible_facts": facts, "pg_tuning_memory_mb": 8192})
    assert len(run.asked) == 2


def test_problems_of_the_host(run: Run) -> None:
    run.answer = {"problems": ["pg_tuning_memory_mb is 9 and this host has 8 MB"], "server_state": "absent"}
    result = run({"pg_tuning_memory_mb": 9000})
    assert result["failed"]
    assert result["problems"][0].startswith(run.answer["problems"][0])


#: Lines of an inventory file, and what YAML makes of the number.
NUMBERS = {
    "pg_install_port: 05432": "2842",
    "pg_hardening_port: 1:30": "90",
    "pg_tuning_settings: {work_mem: 0100}": "64",
    "pg_bootstrap_databases: [{name: a, connection_limit: 010}]": "8",
}


@pytest.mark.parametrize("line", NUMBERS)
def test_number_that_yaml_reads_otherwise(line: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "postgresql.yml").write_text(f"{line}\n", encoding="utf-8")
    (tmp_path / "hosts").write_text("[postgresql]\nhost\n", encoding="ascii")
    result = run({"ansible_inventory_sources": [str(tmp_path / "hosts")]})
    assert result.get("failed")
    name = line.split(":", maxsplit=1)[0]
    assert [name in problem and NUMBERS[line] in problem for problem in result["problems"]] == [True]


def test_number_in_the_inventory_itself(run: Run, tmp_path: Path) -> None:
    inventory = tmp_path / "hosts.yml"
    inventory.write_text("postgresql: {hosts: {h: {pg_install_port: 05432}}}\n", encoding="ascii")
    assert len(run({"ansible_inventory_sources": [str(inventory)]})["problems"]) == 1


@pytest.mark.parametrize(
    "line", ["pg_install_port: 5432", "pg_install_port: 0", 'pg_install_port: "05432"', "other: 0777"]
)
def test_number_that_yaml_reads_as_written(line: str, run: Run, tmp_path: Path) -> None:
    inventory = tmp_path / "group_vars" / "all.yml"
    inventory.parent.mkdir()
    inventory.write_text(f"{line}\n", encoding="ascii")
    assert not run({"ansible_inventory_sources": [str(tmp_path)]}).get("failed")
