# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets and their files have names that meet nobody else's, whatever a database is called."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import names
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import DAY_0

NAME = "20261122T000000Z"

ODD = [
    "appdb",
    "AppDB",
    "app db",
    "app+db",
    "app%20db",
    ".",
    "..",
    "...",
    "-rf",
    "a/b",
    "/",
    "../../etc/passwd",
    "a\nb",
    "a\tb",
    "a\\b",
    "~",
    "'",
    '"',
    "$HOME",
    "*",
    "?",
    "globals.sql",
    "manifest.json",
    "a.dump",
    "a.objects.json",
    "a",
    "\u00e4",
    "a\u0308",
    "\u6570" * 21,
    "x" * 63,
    "\x01" * 63,
    "/" * 63,
]


@pytest.mark.parametrize("database", ODD)
def test_odd_database_stays_one_name_of_a_file(database: str) -> None:
    for name in (names.dump_name(database), names.objects_name(database)):
        assert name.isascii()
        assert name.isprintable()
        assert not set(name) & set("/ \\\n'\"$*?")
        assert name not in (".", "..")
        # Encryption adds an end to it.
        assert len(name) + len(".tar.age") <= 255


def test_odd_databases_have_files_of_their_own() -> None:
    made = [name for database in ODD for name in (names.dump_name(database), names.objects_name(database))]
    fixed = [names.MANIFEST, names.CHECKSUMS, names.GLOBALS, names.ROLES, names.CONFIGURATION, names.MARKER]
    assert len({*made, *fixed}) == 2 * len(ODD) + len(fixed)


@pytest.mark.parametrize(
    ("moment", "taken", "name"),
    [
        (DAY_0, [], NAME),
        (DAY_0 + 0.999, [], NAME),
        (DAY_0, [names.partial(NAME)], NAME),
        (DAY_0, [NAME], f"{NAME}-2"),
        (DAY_0, [f"{NAME}-2", NAME, f"{NAME}-3"], f"{NAME}-4"),
        (DAY_0, [f"{NAME}-2"], NAME),
    ],
)
def test_set_is_called_by_its_second_and_meets_no_other(moment: float, taken: list[str], name: str) -> None:
    assert names.set_name(moment, taken) == name
    assert names.SET_NAME.fullmatch(name)
    assert names.PARTIAL_NAME.fullmatch(names.partial(name))
    assert names.TRASH_NAME.fullmatch(names.trash(name))


@pytest.mark.parametrize(
    "name",
    [
        "latest",
        "lost+found",
        "20261122",
        "20261122T000000",
        "20261122T000000Z-",
        "20261122T000000Z-2-3",
        "20261122T000000Z.old",
        " 20261122T000000Z",
        "20261122T000000Z\n",
        "x20261122T000000Z",
    ],
)
def test_what_only_resembles_a_set_is_none(name: str) -> None:
    assert not names.SET_NAME.fullmatch(name)
    assert not names.PARTIAL_NAME.fullmatch(names.partial(name))
    assert not names.TRASH_NAME.fullmatch(names.trash(name))


def test_the_three_states_of_a_set_are_told_apart() -> None:
    forms = (NAME, names.partial(NAME), names.trash(NAME))
    for pattern in (names.SET_NAME, names.PARTIAL_NAME, names.TRASH_NAME):
        assert sum(bool(pattern.fullmatch(form)) for form in forms) == 1


def test_moments_are_written_in_utc_and_read_back() -> None:
    assert names.iso(DAY_0 + 3723.9) == "2026-11-22T01:02:03Z"
    assert names.from_iso("2026-11-22T01:02:03Z") == DAY_0 + 3723


@pytest.mark.parametrize("text", ["", "2026-11-22", "2026-11-22T01:02:03", "2026-11-22T01:02:03+01:00", "yesterday"])
def test_anything_else_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match="does not match"):
        names.from_iso(text)


@pytest.mark.parametrize("taken", [[], ["20261122T023000Z"]])
def test_name_says_when_the_set_was_begun(taken: list[str]) -> None:
    moment = names.from_iso("2026-11-22T02:30:00Z")
    assert names.begun(names.set_name(moment, taken)) == moment
