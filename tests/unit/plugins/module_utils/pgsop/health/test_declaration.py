# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A declaration is taken as it is meant, or refused with all that is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.errors import PgsopError
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.config import ExtraCheck, HealthConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.declaration import load, parse, problems

EXTRA = {"name": "queue", "database": "appdb", "sql": "SELECT 1"}


def test_only_the_version_has_to_be_there() -> None:
    assert parse({"version": 17}, "x") == HealthConfig(17)


def test_everything_arrives() -> None:
    declared = {
        "version": 17,
        "cluster": "main",
        "database": "postgres",
        "state_directory": "/var/lib/pgsop",
        "backup_config": "/etc/pgsop/backup.json",
        "statement_timeout_ms": 500,
        "deadline_s": 5,
        "thresholds": {"sequences.exhaustion": {"warn": 70, "crit": None}},
        "disabled": ["backup.*", "extra.queue"],
        "exclude_databases": ["test_*"],
        "exclude": {"indexes.*": ["appdb.*"]},
        "extra_checks": [
            {**EXTRA, "warn": 1, "crit": 2.5, "unit": "s", "least": False, "message": "queue", "hint": "look"}
        ],
    }
    config = parse(declared, "x")
    assert config.thresholds == {"sequences.exhaustion": {"warn": 70, "crit": None}}
    assert (config.disabled, config.exclude_databases) == (("backup.*", "extra.queue"), ("test_*",))
    assert config.exclude == {"indexes.*": ("appdb.*",)}
    assert config.extra_checks == (ExtraCheck("queue", "appdb", "SELECT 1", 1, 2.5, False, "s", "queue", "look"),)


def test_templated_numbers_are_numbers_with_every_ansible() -> None:
    config = parse(
        {
            "version": 17,
            "thresholds": {"sequences.exhaustion": {"warn": "70", "crit": "90.5"}},
            "extra_checks": [{**EXTRA, "warn": "-1", "crit": "2"}],
        },
        "x",
    )
    assert config.thresholds == {"sequences.exhaustion": {"warn": 70, "crit": 90.5}}
    assert config.extra_checks == (ExtraCheck("queue", "appdb", "SELECT 1", -1, 2),)


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ([], "it is no JSON object"),
        ({}, "version, the major version of the cluster, is missing"),
        ({"version": 12}, "version is 12 and must be a whole number, at least 13"),
        ({"version": True}, "version is True and must be a whole number, at least 13"),
        ({"version": 17, "colour": "red"}, "there is no key colour"),
        ({"version": 17, "database": ""}, "database is '' and must be text"),
        ({"version": 17, "deadline_s": "5"}, "deadline_s is '5' and must be a whole number, at least 1"),
        ({"version": 17, "disabled": "x"}, "disabled must be a list of names"),
        ({"version": 17, "disabled": ["indexes.invaild"]}, "disabled: there is no check indexes.invaild"),
        ({"version": 17, "exclude": []}, "exclude must have lists of names by the identifier of a check"),
        ({"version": 17, "exclude": {"nothing.*": ["x"]}}, "exclude: there is no check nothing.*"),
        ({"version": 17, "exclude": {"indexes.invalid": "x"}}, "exclude: indexes.invalid must have a list of names"),
        ({"version": 17, "thresholds": []}, "thresholds must have limits by the identifier of a check"),
        ({"version": 17, "thresholds": {"x": {}}}, "thresholds: there is no check x"),
        (
            {"version": 17, "thresholds": {"sequences.exhaustion": {"warning": 5}}},
            "thresholds: sequences.exhaustion has no limit warning, only warn, crit",
        ),
        (
            {"version": 17, "thresholds": {"sequences.exhaustion": {"warn": "70%"}}},
            "thresholds: warn of sequences.exhaustion is '70%' and must be a number or null",
        ),
        (
            {"version": 17, "thresholds": {"sequences.exhaustion": {"warn": 95}}},
            "sequences.exhaustion: warn is 95, above crit, which is 90",
        ),
        ({"version": 17, "extra_checks": {}}, "extra_checks must be a list"),
        ({"version": 17, "extra_checks": [EXTRA, EXTRA]}, "extra_checks: queue is there twice"),
        ({"version": 17, "extra_checks": [{**EXTRA, "sql": " "}]}, "extra_checks: entry 1: sql is ' '"),
        ({"version": 17, "extra_checks": [{**EXTRA, "warn": "1s"}]}, "extra_checks: entry 1: warn is '1s'"),
        (
            {"version": 17, "extra_checks": [{**EXTRA, "name": "My Queue"}]},
            "extra_checks: entry 1: name is 'My Queue' and must be small letters, digits and _",
        ),
        (
            {"version": 17, "extra_checks": [{**EXTRA, "warn": 3, "crit": 2}]},
            "extra_checks: entry 1: warn is 3, above crit, which is 2",
        ),
        (
            {"version": 17, "extra_checks": [{**EXTRA, "warn": 1, "crit": 2, "least": True}]},
            "extra_checks: entry 1: warn is 1, below crit, which is 2",
        ),
    ],
)
def test_refusals(declared: Any, problem: str) -> None:
    assert problem in problems(declared)
    with pytest.raises(PgsopError) as refused:
        parse(declared, "/etc/pgsop/health.json")
    assert problem in refused.value.answer


def test_what_an_extra_check_may_have_is_said() -> None:
    (problem,) = problems({"version": 17, "extra_checks": [{"name": "queue"}]})
    assert problem.startswith(
        "extra_checks: entry 1 must have database, name, sql, may have crit, hint, least, message, unit, warn"
    )


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "health.json"
    with pytest.raises(PgsopError, match="role pg_monitoring, which writes it"):
        load(str(path))
    path.write_text("{", encoding="utf-8")
    with pytest.raises(PgsopError, match="read the configuration"):
        load(str(path))
    path.write_text(json.dumps({"version": 17, "deadline_s": 3}), encoding="utf-8")
    assert load(str(path)).deadline_s == 3


def test_refusal_has_the_names_of_the_variables() -> None:
    with pytest.raises(PgsopError) as refused:
        parse({"version": 17, "deadline_s": 0, "disabled": "x"}, "/etc/there.json")
    assert [sentence.split()[0] for sentence in refused.value.answer.split("; ")] == [
        "pg_monitoring_deadline_s",
        "pg_monitoring_disabled",
    ]
