# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tables and files of the host tell of a declaration while no server answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.preflight import time_zones, without_server
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.preflight.request import PreflightRequest


@pytest.fixture(autouse=True)
def _zones(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "Europe").mkdir()
    (tmp_path / "Europe" / "Berlin").touch()
    (tmp_path / "UTC").touch()
    monkeypatch.setattr(time_zones, "FOLDER", str(tmp_path))


def zone(name: str) -> dict[str, Any]:
    place = {"place": "pg_tuning_settings", "name": "timezone", "value": name, "of_session": False, "problem": ""}
    return {"settings": [place]}


def database(**more: Any) -> dict[str, Any]:
    return {"databases": [{"name": "appdb", "roles": {"app": {"name": "appuser"}}, **more}]}


def problems(more: dict[str, Any], *, bare: bool = True) -> list[str]:
    names: dict[str, Any] = {"declared_databases": ["appdb", "postgres"], "declared_roles": ["appuser", "postgres"]}
    return without_server.problems_without_server(PreflightRequest(17, "main", **names, **more), bare=bare)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "table": (
        {"settings": [{**zone("UTC")["settings"][0], "name": "work_mem", "problem": "by the table"}]},
        "pg_tuning_settings: by the table",
    ),
    "zone": (zone("Mars"), "Mars"),
    "folder": (zone("Europe"), "Europe"),
    "zone in a folder": (zone("Europe/Berlim"), "Europe/Berlim"),
    "named database": ({"named_databases": [{"place": "pg_backup_exclude", "name": "appd"}]}, "did you mean appdb"),
    "pair": ({"pairs": [{"database": "appdb", "role": "appusr"}]}, "appusr"),
    "extension": (database(extensions=[{"name": "no_such_ext"}]), "no_such_ext"),
    "locale": (database(locale="xx_XX.UTF-8"), "xx_XX.UTF-8"),
    "time": (database(roles={"app": {"name": "appuser", "valid_until": "morgen"}}), "morgen"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    more, words = REFUSED[case]
    found = problems(more)
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    "more",
    [
        {},
        *(zone(name) for name in ("utc", "europe/berlin", "UTC+3", "<+03>-3", "PST8PDT", "-7", "7.5")),
        {"pairs": [{"database": "appdb", "role": "appuser"}]},
        database(extensions=[{"name": "pg_trgm"}], locale="C"),
        *(
            database(roles={"app": {"name": "a", "valid_until": time}})
            for time in ("infinity", "2030-12-31", "1 May 2031")
        ),
    ],
    ids=str,
)
def test_accepted(more: dict[str, Any]) -> None:
    assert problems(more) == []


def test_names_are_left_to_a_server_that_is_there_and_does_not_answer() -> None:
    named = {"named_databases": [{"place": "pg_backup_exclude", "name": "scratch"}]}
    pairs = {"pairs": [{"database": "scratch", "role": "bob"}]}
    assert problems({**named, **pairs}, bare=False) == []


def test_time_zone_is_judged_by_the_controller_if_the_host_has_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_zones, "FOLDER", "/nonexistent")
    assert problems(zone("Mars")) == []
    mars = {**zone("Mars")["settings"][0], "problem": "there is no such time zone"}
    assert len(problems({"settings": [mars]})) == 1
