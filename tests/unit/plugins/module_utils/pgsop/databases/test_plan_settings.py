# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of databases and roles: what is declared and nothing else, sent only where it differs."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.plan_settings import (
    normalized,
    plan_settings,
    stored_settings,
)


def planned(desired: dict[str, Any], have: dict[str, str]) -> list[str]:
    return [statement.sql for statement in plan_settings("ALTER ROLE x", desired, have)]


@pytest.mark.parametrize(
    ("desired", "have"),
    [
        ({}, {}),
        ({"work_mem": "8MB"}, {"work_mem": "8MB"}),
        ({"Work_Mem": "8MB"}, {"work_mem": "8MB"}),
        ({"datestyle": "ISO"}, {"DateStyle": "ISO"}),
        ({"statement_timeout": 5000}, {"statement_timeout": "5000"}),
        ({"jit": False, "enable_sort": True}, {"jit": "off", "enable_sort": "on"}),
        ({"search_path": ["app", "My schema"]}, {"search_path": 'app, "My schema"'}),
        ({"search_path": "app, public"}, {"search_path": "app, public"}),
        ({"search_path": []}, {"search_path": '""'}),
        ({"search_path": ""}, {"search_path": '""'}),
        ({"search_path": []}, {"search_path": ""}),
        ({"search_path": [""]}, {"search_path": '""'}),
        ({"datestyle": ["ISO", "DMY"]}, {"DateStyle": "ISO, DMY"}),
    ],
)
def test_what_is_stored_as_declared_stays(desired: dict[str, Any], have: dict[str, str]) -> None:
    assert planned(desired, have) == []


@pytest.mark.parametrize(
    ("desired", "have", "statements"),
    [
        ({"work_mem": "8MB"}, {}, ["SET work_mem TO '8MB'"]),
        ({"work_mem": "8MB"}, {"work_mem": "4MB"}, ["SET work_mem TO '8MB'"]),
        ({}, {"work_mem": "4MB"}, ["RESET work_mem"]),
        ({}, {"DateStyle": "ISO"}, ['RESET "DateStyle"']),
        ({"pg_trgm.x": 0.3}, {"role": "a"}, ["RESET role", "SET pg_trgm.x TO '0.3'"]),
        ({"role": "a"}, {}, ["SET role TO 'a'"]),
        ({"search_path": ["app", "public"]}, {"search_path": '"app, public"'}, ["SET search_path TO app, public"]),
        ({"search_path": ["app", "public"]}, {"search_path": "public, app"}, ["SET search_path TO app, public"]),
        ({"temp_tablespaces": "A, b"}, {}, ["SET temp_tablespaces TO a, b"]),
        ({"datestyle": ["ISO", "DMY"]}, {}, ["SET datestyle TO 'ISO, DMY'"]),
        ({"b": 1, "a": True}, {"c": "1"}, ["RESET c", "SET a TO 'on'", "SET b TO '1'"]),
    ],
)
def test_what_differs_is_set_or_reset(desired: dict[str, Any], have: dict[str, str], statements: list[str]) -> None:
    assert planned(desired, have) == [f"ALTER ROLE x {statement}" for statement in statements]


def test_stored_text_is_split_at_its_first_equals_sign() -> None:
    assert stored_settings(["work_mem=8MB", "a.b=x=y", "search_path="]) == {
        "work_mem": "8MB",
        "a.b": "x=y",
        "search_path": "",
    }


def test_names_are_compared_without_their_case() -> None:
    assert normalized({"TimeZone": "UTC", "Search_Path": "App"}) == {"timezone": "UTC", "search_path": ["app"]}
