# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines after the recap, from what the modules return."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.callback.summary import CallbackModule, report

SERVER = {"answers": True, "version": "17.2", "listeners": ["127.0.0.1:5432", "::1:5432"]}
INFO = {"server": SERVER, "differences": []}
SETTINGS = {
    "file": "/c/conf.d/50-t.conf",
    "pending_restart": [],
    "settings": [
        {"name": "work_mem", "value": "16MB", "reason": "Per sort. " * 30},
        {"name": "port", "value": "5432", "reason": ""},
    ],
}
SANDBOX = {"file": "/u.conf", "supported": True, "pending_restart": False, "exposure": 2.5, "ip_filter": "enforced"}
HBA = {"file": "/c/pg_hba.conf", "rules": ["local   all   postgres   peer"], "md5_roles": []}
TUNING = {
    "lowered": ["work_mem from 16MB to 4MB"],
    "budget": {"worst_case_mb": 700, "limit_mb": 900},
    "memory": {"mb": 1000, "source": "MemTotal"},
}
DATABASES = {
    "databases": ["appdb"],
    "roles": ["appuser"],
    "statements": [{"database": None, "statement": "CREATE ROLE appuser LOGIN PASSWORD '********'"}],
    "reported": [
        {"status": "OK", "message": "nobody else may create"},
        {"status": "WARNING", "message": "appuser is a member of pg_monitor", "hint": "revoke it"},
    ],
    "proof": [
        {
            "role": "appuser",
            "database": "appdb",
            "login": True,
            "may": ["connect"],
            "may_not": ["create in public"] * 9,
        },
        {"role": "late", "database": "appdb", "login": False, "may": [], "may_not": []},
        {"role": "idle", "database": "appdb", "login": True, "may": [], "may_not": ["connect elsewhere"]},
    ],
    "validated": True,
}
ANSWERS: dict[str, dict[str, Any]] = {
    "pg_cluster_info": INFO,
    "pg_settings /c/conf.d/50-t.conf": SETTINGS,
    "pg_sandbox /u.conf": SANDBOX,
    "pg_hba /c/pg_hba.conf": HBA,
    "pg_tuning_info": TUNING,
    "pg_databases": DATABASES,
}


def brief(**changes: dict[str, Any]) -> str:
    """The short report, with other answers of some modules."""
    answers = {key: {**answer, **changes.get(key.split(" ", maxsplit=1)[0], {})} for key, answer in ANSWERS.items()}
    return "\n".join(report("nxcore", answers, full=False))


def test_what_was_reached_stands_in_the_first_line() -> None:
    assert brief().splitlines()[0] == (
        "nxcore: PostgreSQL 17.2 answers, listening on 127.0.0.1:5432, ::1:5432; exposure 2.5 of 10;"
        " local-only by the kernel: enforced"
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "waiting for a restart: nothing"),
        (
            {"pg_settings": {"pending_restart": ["shared_buffers", "port"]}},
            "waiting for a restart: port, shared_buffers",
        ),
        ({"pg_sandbox": {"pending_restart": True}}, "waiting for a restart: /u.conf"),
        ({"pg_sandbox": {"supported": False}}, "no systemd, so no sandbox"),
        ({"pg_cluster_info": {"server": {"answers": False}}}, "no server answers yet"),
        ({"pg_cluster_info": {"server": None}}, "no server answers yet"),
        ({"pg_cluster_info": {"server": {"answers": False, "forecast": "it is stopped"}}}, "nxcore: it is stopped"),
        (
            {"pg_databases": {"forecast": "it is stopped", "validated": False, "statements": []}},
            "databases: appdb; roles: appuser; what they need is not known yet: it is stopped\n",
        ),
        ({"pg_cluster_info": {"server": {**SERVER, "listeners": []}}}, "listening on no TCP address"),
        ({"pg_cluster_info": {"differences": ["locale is C"]}}, "reported, not changed: locale is C"),
        ({"pg_hba": {"md5_roles": ["amy"]}}, "roles with an md5 verifier, let in by an exception: amy"),
        ({}, "lowered to fit the host: work_mem from 16MB to 4MB"),
        ({}, "databases: appdb; roles: appuser; 1 statement\n"),
        ({}, "reported, not changed: appuser is a member of pg_monitor. Next step: revoke it"),
        ({"pg_databases": {"statements": [{}, {}]}}, "roles: appuser; 2 statements\n"),
        ({"pg_databases": {"statements": []}}, "roles: appuser; nothing to change"),
        ({"pg_databases": {"validated": False}}, "1 statement, not yet validated by a server"),
        ({"pg_databases": {"databases": [], "roles": [f"r{n}" for n in range(12)]}}, "databases: none; roles: r0, r1"),
        ({"pg_databases": {"roles": [f"r{n}" for n in range(12)]}}, "r8, r9 and 2 more; "),
    ],
)
def test_what_a_person_should_know_is_said(changes: dict[str, Any], words: str) -> None:
    assert words in brief(**changes)


def test_host_without_declared_databases_has_no_line_about_them() -> None:
    assert "databases:" not in brief(pg_databases={"databases": [], "roles": [], "statements": []})


@pytest.mark.parametrize(
    ("server", "files", "named"),
    [
        (SERVER, {"/b/latest": {"exists": False}, "/b": {"exists": True}}, True),
        (SERVER, {"/b/latest": {"exists": True}}, False),
        (SERVER, {"/b": {"exists": False}}, False),
        ({"answers": False}, {"/b/latest": {"exists": False}}, False),
    ],
)
def test_first_backup_is_the_next_step_while_there_is_none(
    server: dict[str, Any], files: dict[str, Any], named: bool
) -> None:
    *_rest, line = brief(pg_cluster_info={"server": server, "files": files}).splitlines()
    assert line.startswith("  Next step: sudo pgsop backup") is named


def test_files_of_all_roles_are_kept() -> None:
    callback = CallbackModule()
    for files in ({"/a": {"exists": True}, "/b": {"exists": False}}, {"/b": {"exists": True}, "/c": {"exists": False}}):
        callback.v2_runner_on_ok(
            SimpleNamespace(
                task=SimpleNamespace(action="aerovista.postgresql.pg_cluster_info"),
                host=SimpleNamespace(get_name=lambda: "h"),
                result={"files": files},
            )
        )
    kept = callback._hosts["h"]["pg_cluster_info"]["files"]
    assert {path: file["exists"] for path, file in kept.items()} == {"/a": True, "/b": True, "/c": False}


def test_answer_of_a_loop_is_left_to_its_items() -> None:
    callback = CallbackModule()
    task = SimpleNamespace(action="aerovista.postgresql.pg_sandbox")
    host = SimpleNamespace(get_name=lambda: "nxcore")
    callback.v2_runner_on_ok(SimpleNamespace(task=task, host=host, result={"results": [SANDBOX]}))
    assert not callback._hosts


def test_file_that_was_in_the_place_of_the_command_is_reported_until_it_is_gone() -> None:
    answers = {**ANSWERS, "pg_cli": {"path": "/b/pgsop", "replaced": ["/b/pgsop.replaced.1"]}}
    said = "\n".join(report("nxcore", answers, full=False))
    assert "a file that was not pgsop was in the place of /b/pgsop, and is kept as /b/pgsop.replaced.1" in said
    assert "pgsop.replaced" not in brief()


OVERRIDE = {
    "message": "zero_damaged_pages is on for role amy: damaged",
    "statement": "ALTER ROLE amy RESET zero_damaged_pages",
}


@pytest.mark.parametrize(
    ("statements", "told"),
    [([], True), ([{"statement": "x"}], True), ([OVERRIDE], False)],
    ids=["none", "other", "reset"],
)
def test_value_of_a_role_that_puts_data_at_risk_is_reported_unless_this_run_resets_it(
    statements: list[dict[str, str]], told: bool
) -> None:
    said = brief(pg_settings={"overrides": [OVERRIDE]}, pg_databases={"statements": statements})
    line = (
        "reported, not changed: zero_damaged_pages is on for role amy: damaged."
        " Next step: sudo -u postgres psql -c 'ALTER ROLE amy RESET zero_damaged_pages'"
    )
    assert (line in said) is told


def test_exposure_that_cannot_be_told_is_not() -> None:
    assert "exposure" not in brief(pg_sandbox={"exposure": None})


def test_what_is_in_order_is_no_finding() -> None:
    assert "nobody else may create" not in brief()


def test_full_report_has_what_roles_showed_at_a_login() -> None:
    lines = report("nxcore", ANSWERS, full=True)
    assert any(line.startswith("    appuser in appdb may connect; may not create in public, ") for line in lines)
    assert "    late in appdb is not let in" in lines
    assert "    idle in appdb may nothing; may not connect elsewhere" in lines
    assert not any("appuser in appdb" in line for line in report("nxcore", ANSWERS, full=False))


def test_full_report_has_rules_settings_and_reasons_in_columns() -> None:
    lines = report("nxcore", ANSWERS, full=True)
    assert "    local   all   postgres   peer" in lines
    assert any(line.startswith("    work_mem = 16MB  Per sort.") for line in lines)
    assert "    port = 5432" in lines
    assert any("1000 MB (MemTotal)" in line for line in lines)
    assert max(map(len, lines[1:])) <= 120
    assert [line for line in lines if line != line.rstrip()] == []


def test_server_that_was_only_asked_for_its_databases_answers() -> None:
    assert report("nxcore", {"pg_databases": DATABASES}, full=False)[0] == "nxcore: PostgreSQL answers"


def test_nothing_is_said_of_nothing() -> None:
    assert report("nxcore", {}, full=True)[0] == "nxcore: nothing looked at"
