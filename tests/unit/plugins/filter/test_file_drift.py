# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which declared files differ from what was read of a host."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.filter.file_drift import FilterModule, file_drift

DECLARED = {"path": "/f", "owner": "postgres", "group": "postgres", "mode": "0640"}
FOUND = {"exists": True, "owner": "postgres", "group": "postgres", "mode": "0640"}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def without_drift(declared: list[dict[str, str]], files: dict[str, Any]) -> list[dict[str, Any]]:
    return [{key: value for key, value in item.items() if key != "drift"} for item in file_drift(declared, files)]


@pytest.mark.parametrize(
    ("declared", "found", "differs"),
    [
        ({}, {}, False),
        ({}, {"owner": "root"}, True),
        ({}, {"group": "root"}, True),
        ({}, {"mode": "0644"}, True),
        ({"mode": "2775"}, {"mode": "0775"}, True),
        ({}, {"sha256": "whatever"}, False),
        ({"content": "a\n"}, {"sha256": digest("a\n")}, False),
        ({"content": "gr\u00fc\u00df\n"}, {"sha256": digest("gr\u00fc\u00df\n")}, False),
        ({"content": "a\n"}, {"sha256": digest("a")}, True),
        ({"content": ""}, {"sha256": digest("")}, False),
        ({"content": "a\n"}, {"sha256": digest("a\n"), "mode": "0600"}, True),
        ({"content": "a\n"}, {}, True),  # too big to be ours, or a folder
    ],
)
def test_file_differs_in_owner_mode_or_content(declared: dict[str, Any], found: dict[str, Any], differs: bool) -> None:
    item = {**DECLARED, **declared}
    assert without_drift([item], {"/f": {**FOUND, **found}}) == ([item] if differs else [])


@pytest.mark.parametrize(("content", "differs"), [({}, False), ({"content": ""}, True), ({"content": "a"}, True)])
def test_missing_file_is_made_only_where_its_content_is_ours(content: dict[str, str], differs: bool) -> None:
    assert bool(file_drift([{**DECLARED, **content}], {"/f": {"exists": False}})) is differs


@pytest.mark.parametrize("state", ["directory", "absent"])
@pytest.mark.parametrize("exists", [True, False])
def test_folders_are_made_and_remains_taken_away(state: str, exists: bool) -> None:
    item = {**DECLARED, "state": state}
    differs = exists if state == "absent" else not exists
    assert bool(file_drift([item], {"/f": FOUND if exists else {"exists": False}})) is differs


def test_folder_differs_in_its_mode() -> None:
    item = {**DECLARED, "state": "directory", "mode": "0700"}
    assert without_drift([item], {"/f": FOUND}) == [item]


def test_order_is_kept() -> None:
    items = [dict(DECLARED, path=path) for path in ("/c", "/a", "/b")]
    files = {"/a": FOUND, "/b": dict(FOUND, mode="0600"), "/c": dict(FOUND, owner="root")}
    assert without_drift(items, files) == [items[0], items[2]]
    assert file_drift([], {}) == []


@pytest.mark.parametrize(
    ("declared", "found", "drift"),
    [
        ({"content": "a\nb\n"}, {"exists": False}, ["new", "2 lines", "postgres:postgres 0640"]),
        ({"state": "directory"}, {"exists": False}, ["new folder", "postgres:postgres 0640"]),
        ({"state": "absent"}, FOUND, ["remove"]),
        ({"content": "a"}, {**FOUND, "sha256": "x", "mode": "0600"}, ["content", "mode 0600 -> 0640"]),
        ({}, {**FOUND, "owner": "root", "group": "1234"}, ["owner root -> postgres", "group 1234 -> postgres"]),
    ],
)
def test_drift_is_told_in_words_with_names(declared: dict[str, str], found: dict[str, Any], drift: list[str]) -> None:
    assert [item["drift"] for item in file_drift([{**DECLARED, **declared}], {"/f": found})] == [drift]


def test_filter_is_registered() -> None:
    assert FilterModule().filters() == {"file_drift": file_drift}
