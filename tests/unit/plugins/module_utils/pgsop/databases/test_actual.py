# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access control lists: who holds what, from whom, and what becomes of it when the owner changes."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.databases.actual import (
    PUBLIC,
    owner_rights,
    reowned,
    rights_of,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.databases.samples import acl


@pytest.mark.parametrize(
    ("text", "grantor", "held"),
    [
        ("", None, {}),
        ("a=r/own =r/own", None, {"a": {"SELECT": False}, PUBLIC: {"SELECT": False}}),
        ("a=r*w/own", None, {"a": {"SELECT": True, "UPDATE": False}}),
        # whoever gave it; the better of two
        ("a=r*/own a=r/b", None, {"a": {"SELECT": True}}),
        ("a=r/own a=r*/b", None, {"a": {"SELECT": True}}),
        ("a=r/own a=r*/b", "own", {"a": {"SELECT": False}}),
        ("a=r*/own a=w/b", "b", {"a": {"UPDATE": False}}),
        ("a=r*/own", "b", {}),
    ],
)
def test_rights_are_what_is_held(text: str, grantor: str | None, held: dict[str, dict[str, bool]]) -> None:
    assert rights_of(acl(text), grantor=grantor) == held


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("old=rw/old a=r/old", "new=rw/new a=r/new"),
        ("a=r/b", "a=r/b"),
        ("a=r*/old b=r/a", "a=r*/new b=r/a"),
        # both had something: it is merged, with the better option
        ("old=r/old new=r/old", "new=r/new"),
        ("old=r/old new=r*/old", "new=r*/new"),
        ("a=r/old a=r*/new", "a=r*/new"),
        ("old=r*/a a=r*/old", "new=r*/a a=r*/new"),
    ],
)
def test_new_owner_takes_the_place_of_the_old(before: str, after: str) -> None:
    assert reowned(acl(before), "old", "new") == acl(after)


def test_same_owner_changes_nothing() -> None:
    assert reowned(acl("own=rw/own a=r*/own b=r/a"), "own", "own") == acl("own=rw/own a=r*/own b=r/a")


def test_new_object_belongs_to_its_owner() -> None:
    assert owner_rights("own", frozenset({"USAGE"})) == acl("own=U/own")
    assert owner_rights("own", frozenset({"CREATE", "USAGE"}), frozenset({"USAGE"})) == acl("own=CU/own =U/own")
