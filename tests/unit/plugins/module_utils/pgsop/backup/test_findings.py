# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every finding in every status it can have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup import findings
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.config import BackupConfig
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.findings import Known
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.backup.store import StoredSet
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import (
    CRITICAL,
    OK,
    UNKNOWN,
    WARNING,
    Finding,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.backup.samples import (
    DAY_0,
    DAY_S,
    OBSTACLE,
    at,
    dump_of,
    stored_of,
)

TODAY = 10
COPY: dict[str, Any] = {"copy_command": "/bin/copy"}
COPIED = ({"at": at(9)},)
UNREAD = StoredSet("20261231T000000Z", "/nowhere", None, ("it has no manifest",))

OLD_UNREAD = StoredSet("20200101T000000Z", "/nowhere", None, ("it has no manifest",))


def good(*days: float) -> dict[str, Any]:
    return {"drills": tuple({"at": at(day), "ok": True, "databases": ["appdb", "a"]} for day in days)}


def last(act: str = "backup", **note: Any) -> dict[str, Any]:
    values = {
        "running": False,
        "ok": True,
        "started": at(9),
        "finished": at(9),
        "error": "no space",
        "next_step": "make room",
        **note,
    }
    return {"backup": None, "drill": None, act: values}


def judged(
    sets: Sequence[StoredSet] = (),
    notes: Mapping[str, Any] | None = None,
    databases: Sequence[str] | None = ("appdb",),
    today: float = TODAY,
    *,
    commands: tuple[Mapping[str, Any] | None, Sequence[str]] = (None, ()),
    first_due: datetime | None = None,
    **config: Any,
) -> dict[str, Finding]:
    declared, runs, now = (
        BackupConfig(version=17, **config),
        notes or {"backup": None, "drill": None},
        DAY_0 + today * DAY_S,
    )
    known = Known(declared, sets, runs, databases, now, *commands, first_due)
    return {finding.id.removeprefix("backup."): finding for finding in findings.judge(known)}


def hours(age: float, **changes: Any) -> list[StoredSet]:
    return [stored_of(9, finished=at(TODAY - age / 24), **changes)]


def hindered(serial: int, *databases: str, bad: str = "appdb") -> StoredSet:
    """A set in which one database has two obstacles."""
    return stored_of(
        serial, [dump_of(name, obstacles=(OBSTACLE, OBSTACLE) if name == bad else ()) for name in databases]
    )


@pytest.mark.parametrize(
    ("sets", "status"),
    [
        pytest.param([], CRITICAL, id="no set"),
        pytest.param([UNREAD], CRITICAL, id="none that can be read"),
        pytest.param(hours(1, problems=["bad"]), CRITICAL, id="none verified"),
        pytest.param(hours(1, complete=False), CRITICAL, id="none of all databases"),
        pytest.param(hours(1), OK, id="new"),
        pytest.param(hours(26), OK, id="not above the warning"),
        pytest.param(hours(26.1), WARNING, id="above the warning"),
        pytest.param(hours(50), WARNING, id="not above critical"),
        pytest.param(hours(50.1), CRITICAL, id="above critical"),
        pytest.param(hours(-48), OK, id="of the future"),
        pytest.param([*hours(1, complete=False), *hours(30)], WARNING, id="newer one has one database only"),
        pytest.param([*hours(1, problems=["bad"]), *hours(30)], WARNING, id="newer one is damaged"),
        pytest.param([hindered(9, "appdb")], OK, id="new, with an obstacle"),
    ],
)
def test_age(sets: list[StoredSet], status: str) -> None:
    assert judged(sets)["age"].status == status


NOW = datetime.fromtimestamp(DAY_0 + TODAY * DAY_S, UTC)
RUNNING: dict[str, Any] = {"running": True, "ok": None, "finished": None}


@pytest.mark.parametrize(
    ("sets", "notes", "due_h", "status"),
    [
        pytest.param([], None, None, CRITICAL, id="nothing schedules it"),
        pytest.param([], None, 10, WARNING, id="due later"),
        pytest.param([], None, 0, WARNING, id="due now"),
        pytest.param([], None, -0.05, WARNING, id="about to begin"),
        pytest.param([], None, -0.1, CRITICAL, id="did not begin"),
        pytest.param([UNREAD], None, 10, CRITICAL, id="a damaged set"),
        pytest.param(hours(1, complete=False), None, 10, CRITICAL, id="a set of some databases"),
        pytest.param(hours(1), None, 10, OK, id="a set"),
        pytest.param([], last(ok=False), 10, CRITICAL, id="the first one failed"),
        pytest.param([], last(), 10, CRITICAL, id="its set is gone"),
        pytest.param([], last(**RUNNING, since=at(9)), -10, WARNING, id="the first one runs"),
        pytest.param([], last(**RUNNING, since=at(8)), 10, CRITICAL, id="one after the first runs"),
        pytest.param(
            [], last(**RUNNING, started=at(8.9), since=at(8.9)), -10, CRITICAL, id="the first one runs too long"
        ),
    ],
)
def test_age_before_the_first_backup(
    sets: list[StoredSet], notes: dict[str, Any] | None, due_h: float | None, status: str
) -> None:
    due = None if due_h is None else NOW + timedelta(hours=due_h)
    assert judged(sets, notes, first_due=due)["age"].status == status


def test_age_names_the_time_of_the_first_backup_as_scheduled_and_how_to_make_one_now() -> None:
    zone = timezone(timedelta(hours=2), "CEST")
    found = judged(first_due=(NOW + timedelta(hours=1)).astimezone(zone))["age"]
    assert f"{NOW.astimezone(zone) + timedelta(hours=1):%Y-%m-%d %H:%M} CEST" in found.message
    assert "sudo pgsop backup" in found.hint


def test_age_is_measured() -> None:
    found = judged(hours(30))["age"]
    assert (found.value, found.unit, found.warn, found.crit, found.sop) == (30.0, "h", 26, 50, "3")
    assert "is 30.0 hours old" in found.message
    assert judged(hours(-5))["age"].value == 0


@pytest.mark.parametrize(
    ("notes", "status", "told"),
    [
        (None, OK, "no backup was run yet"),
        (last(), OK, f"the last backup ended well at {at(9)}"),
        (last(running=True, ok=None, finished=None), OK, f"a backup runs since {at(9)}"),
        (last(ok=False), CRITICAL, f"the backup of {at(9)} failed: no space"),
        (last("drill", ok=False), OK, "no backup was run yet"),
    ],
)
def test_last_run(notes: dict[str, Any] | None, status: str, told: str) -> None:
    found = judged(notes=notes)["last_run"]
    assert found.status == status
    assert found.message.startswith(told)


@pytest.mark.parametrize(
    ("sets", "databases", "status", "missing"),
    [
        pytest.param([stored_of(1, ["a", "b"])], ["a", "b"], OK, 0, id="all there"),
        pytest.param([stored_of(1, ["a", "b", "c"])], ["a"], OK, 0, id="more than there are"),
        pytest.param([stored_of(1, ["a"])], ["a", "b", "c"], WARNING, 2, id="new ones"),
        pytest.param([], ["a"], WARNING, 1, id="no set"),
        pytest.param([stored_of(1, ["a"], ["bad"])], ["a"], WARNING, 1, id="damaged set"),
        pytest.param(
            [stored_of(2, ["b"], complete=False), stored_of(1, ["a"])], ["a", "b"], OK, 0, id="new one on its own"
        ),
        pytest.param([stored_of(2, ["b"]), stored_of(1, ["a"])], ["a", "b"], WARNING, 1, id="in an older set only"),
        pytest.param([stored_of(1, ["a"])], None, UNKNOWN, None, id="server does not say"),
    ],
)
def test_missing_databases(
    sets: list[StoredSet], databases: list[str] | None, status: str, missing: int | None
) -> None:
    found = judged(sets, databases=databases)["missing_databases"]
    assert (found.status, found.value) == (status, missing)


@pytest.mark.parametrize(
    ("sets", "databases", "count"),
    [
        pytest.param([], ["appdb"], 0, id="no set"),
        pytest.param([stored_of(1)], ["appdb"], 0, id="no obstacle"),
        pytest.param([hindered(1, "appdb", "shop")], ["appdb", "shop"], 2, id="obstacles"),
        pytest.param([hindered(2, "shop"), hindered(1, "appdb")], ["appdb", "shop"], 2, id="newer set of another one"),
        pytest.param([stored_of(2), hindered(1, "appdb")], ["appdb"], 0, id="a newer set has none"),
        pytest.param([stored_of(2, problems=["bad"]), hindered(1, "appdb")], ["appdb"], 2, id="newer one is damaged"),
        pytest.param([stored_of(2, ["shop"]), hindered(1, "appdb")], ["shop"], 0, id="database was dropped"),
        pytest.param([stored_of(2, ["shop"]), hindered(1, "appdb")], None, 2, id="server does not say"),
    ],
)
def test_restorable(sets: list[StoredSet], databases: list[str] | None, count: int) -> None:
    finding = judged(sets, databases=databases)["restorable"]
    assert (finding.status, finding.value, finding.crit) == (CRITICAL if count else OK, count, 0)
    assert (OBSTACLE["hint"] in finding.hint) is bool(count)


def test_obstacles_are_neither_damage_nor_age() -> None:
    found = judged([hindered(9, "appdb")])
    assert [name for name, finding in found.items() if finding.status != OK] == ["restorable"]


def sized(*sizes: int | None, name: str = "a") -> list[StoredSet]:
    """Sets with dumps of these sizes, newest first; none for a damaged one."""
    return [
        stored_of(len(sizes) - place, [dump_of(name, dump_bytes=size or 1)], [] if size else ["bad"])
        for place, size in enumerate(sizes)
    ]


@pytest.mark.parametrize(
    ("sets", "status"),
    [
        pytest.param([], OK, id="no set"),
        pytest.param(sized(10), OK, id="one set"),
        pytest.param(sized(100, 100), OK, id="the same"),
        pytest.param(sized(500, 100), OK, id="larger"),
        pytest.param(sized(50, 100), OK, id="by half"),
        pytest.param(sized(49, 100), WARNING, id="by more than half"),
        pytest.param(sized(100, 49, 100), OK, id="was small once"),
        pytest.param(sized(49, None, 100), WARNING, id="damaged one between"),
        pytest.param([*sized(1), *sized(100, name="b")], OK, id="of different databases"),
        pytest.param([stored_of(3, ["b"]), *sized(49, 100)], WARNING, id="newer set of another one"),
    ],
)
def test_shrink(sets: list[StoredSet], status: str) -> None:
    assert judged(sets)["shrink"].status == status


def test_shrink_is_told_and_has_a_threshold() -> None:
    assert "the dump of a is 51 % smaller" in judged(sized(49, 100))["shrink"].message
    assert judged(sized(49, 100), shrink_warn_percent=51)["shrink"].status == OK


@pytest.mark.parametrize(
    ("sets", "status", "count"),
    [
        pytest.param([], OK, 0, id="no set"),
        pytest.param([stored_of(2), stored_of(1)], OK, 0, id="none damaged"),
        pytest.param([stored_of(2, problems=["bad"]), stored_of(1)], CRITICAL, 1, id="the newest"),
        pytest.param([stored_of(2), stored_of(1, problems=["bad"])], WARNING, 1, id="an older one"),
        pytest.param([stored_of(2, problems=["bad"]), stored_of(1, problems=["bad"])], CRITICAL, 2, id="all"),
        pytest.param([UNREAD], CRITICAL, 1, id="the only one cannot be read"),
        pytest.param([stored_of(1), UNREAD], CRITICAL, 1, id="the newest by its name cannot be read"),
        pytest.param([stored_of(1), OLD_UNREAD], WARNING, 1, id="an old one cannot be read"),
    ],
)
def test_damage(sets: list[StoredSet], status: str, count: int) -> None:
    found = judged(sets)["damage"]
    assert (found.status, found.value) == (status, count)


def test_clock_is_told_where_a_set_is_of_the_future_only() -> None:
    assert "clock" not in judged([stored_of(9), stored_of(8)])
    assert "clock" not in judged(hours(-0.9))
    found = judged([*hours(-1.1), stored_of(8)])["clock"]
    assert (found.status, found.value) == (WARNING, 1)


@pytest.mark.parametrize(
    ("sets", "notes", "config", "status", "told"),
    [
        pytest.param([stored_of(9)], None, {}, OK, "no copy off the host is declared", id="not declared"),
        pytest.param([], None, COPY, OK, "there is no set to copy", id="no set"),
        pytest.param([stored_of(9, copies=COPIED)], None, COPY, OK, "the newest set was copied", id="copied"),
        pytest.param([stored_of(9)], last(), COPY, WARNING, "nor was any other", id="none was"),
        pytest.param(
            [stored_of(9), stored_of(8, copies=COPIED)],
            None,
            COPY,
            WARNING,
            "the newest that was is 20261130",
            id="an older one was",
        ),
        pytest.param([stored_of(9)], last(running=True, ok=None), COPY, OK, "was not copied", id="just being copied"),
        pytest.param(
            [stored_of(9, problems=["bad"]), stored_of(8, copies=COPIED)],
            None,
            COPY,
            OK,
            "was copied",
            id="newest verified one was",
        ),
    ],
)
def test_copy(sets: list[StoredSet], notes: Any, config: dict[str, Any], status: str, told: str) -> None:
    found = judged(sets, notes, **config)["copy"]
    assert found.status == status
    assert told in found.message


@pytest.mark.parametrize(
    ("sets", "notes", "status", "told"),
    [
        pytest.param([], None, OK, "there is no set to drill yet", id="no set"),
        pytest.param([UNREAD], None, OK, "there is no set to drill yet", id="none that can be read"),
        pytest.param([stored_of(9, **good(9.5))], None, OK, "was 0.5 days ago", id="new"),
        pytest.param([stored_of(2, **good(2))], None, OK, "was 8.0 days ago", id="not above the warning"),
        pytest.param([stored_of(1, **good(1.5))], None, WARNING, "was 8.5 days ago", id="above the warning"),
        pytest.param([stored_of(-25, **good(-25))], None, WARNING, "was 35.0 days ago", id="not above critical"),
        pytest.param([stored_of(-30, **good(-26))], None, CRITICAL, "was 36.0 days ago", id="above critical"),
        pytest.param(
            [stored_of(9), stored_of(1, **good(1, 4))], None, OK, "was 6.0 days ago", id="the last of several"
        ),
        pytest.param([stored_of(9), stored_of(3)], None, OK, "no set was drilled, in 7.0 days", id="none, and young"),
        pytest.param(
            [stored_of(9), stored_of(1)], None, WARNING, "no set was drilled, in 9.0 days", id="none, for long"
        ),
        pytest.param(
            [stored_of(9), stored_of(-40)], None, CRITICAL, "no set was drilled, in 50", id="none, for very long"
        ),
        pytest.param(
            [stored_of(1, drills=({"at": at(9), "ok": False, "databases": ["appdb"]},))],
            None,
            WARNING,
            "no set was drilled",
            id="bad ones do not count",
        ),
        pytest.param(
            [stored_of(9, **good(9))], last("drill", ok=False), CRITICAL, "failed: no space", id="last one failed"
        ),
        pytest.param([], last("drill", ok=False), OK, "no set to drill", id="failed, and there was nothing to drill"),
        pytest.param(
            [stored_of(9)],
            last("drill", ok=False, started=at(8)),
            OK,
            "no set was drilled",
            id="failed before the first",
        ),
        pytest.param(
            [stored_of(9, **good(9))], last("drill", ok=None, finished=None, running=True), OK, "was 1.0", id="one runs"
        ),
        pytest.param(
            [stored_of(9)],
            last("drill", finished=at(9), whole=False),
            OK,
            "no set was drilled, in 1.0",
            id="not of all",
        ),
        pytest.param([stored_of(9, **good(9), complete=False)], None, OK, "no set was drilled", id="of a set of some"),
        pytest.param([stored_of(9, ["appdb", "x"], **good(9))], None, OK, "no set was drilled", id="of some databases"),
        pytest.param(
            [stored_of(9)],
            last(since=at(-26)),
            CRITICAL,
            "no set was drilled, in 36.0",
            id="none since the first backup",
        ),
        pytest.param(
            [stored_of(9)],
            last("drill", finished=at(-26), whole=True),
            CRITICAL,
            "was 36.0 days ago",
            id="drilled set is gone",
        ),
    ],
)
def test_drill(sets: list[StoredSet], notes: Any, status: str, told: str) -> None:
    found = judged(sets, notes)["drill"]
    assert found.status == status
    assert told in found.message


SENT: dict[str, Any] = {"ok": True, "finished": at(8), "error": "", "next_step": ""}
UNSENT = {**SENT, "ok": False, "error": "status 1", "next_step": "test it"}
COPY_PROBLEM, PAGE_PROBLEM = "pg_backup_copy_command cannot work: x", "pg_backup_failure_command cannot work: y"


@pytest.mark.parametrize(
    ("command", "problems", "note", "status", "told"),
    [
        pytest.param("", [], None, OK, "no pg_backup_failure_command is declared", id="none declared"),
        pytest.param("/bin/page", [], None, OK, "has not run yet", id="not run yet"),
        pytest.param("/bin/page", [COPY_PROBLEM], SENT, OK, at(8), id="ran well"),
        pytest.param("/bin/page", [], UNSENT, WARNING, "status 1", id="failed"),
        pytest.param("/bin/page", [COPY_PROBLEM, PAGE_PROBLEM], SENT, WARNING, PAGE_PROBLEM, id="cannot run any more"),
    ],
)
def test_notification(command: str, problems: list[str], note: dict[str, Any] | None, status: str, told: str) -> None:
    found = judged(failure_command=command, commands=(note, problems))["notification"]
    assert (found.status, bool(found.hint)) == (status, status != OK)
    assert told in found.message


def test_copy_that_cannot_work_is_told_before_it_fails() -> None:
    found = judged([stored_of(9, copies=COPIED)], commands=(None, [PAGE_PROBLEM, COPY_PROBLEM]), **COPY)["copy"]
    assert (found.status, found.message) == (WARNING, COPY_PROBLEM)


def test_what_is_not_well_has_a_next_step_and_what_is_well_has_none() -> None:
    bad = judged([stored_of(1, ["a"], ["bad"])], last(ok=False), None, **COPY)
    well = judged([stored_of(10, ["a"], **good(10), copies=COPIED)], last(), ["a"], **COPY)
    assert [name for name, finding in well.items() if finding.status != OK or finding.hint] == []
    assert [name for name, finding in bad.items() if (finding.status != OK) != bool(finding.hint)] == []
    assert {"age", "last_run", "missing_databases", "damage"} <= {name for name, item in bad.items() if item.hint}
    names = ["age", "last_run", "restorable", "missing_databases", "shrink", "damage", "copy", "notification", "drill"]
    assert list(well) == names
