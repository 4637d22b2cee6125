# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what was measured to one finding: the worst decides, and what nobody saw is never fine."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import CRITICAL, OK, UNKNOWN, WARNING
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import SERVER, Check, Measured
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.judge import judge
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.parts import (
    FAILED,
    FIRST_LOOK,
    HIDDEN,
    Part,
)


def made(**facts: Any) -> Check:
    return Check(
        **{"id": "topic.signal", "sop": "4", "title": "signals", "scope": SERVER, "read": lambda _here: (), **facts}
    )


def judged(check: Check, *parts: Part) -> Any:
    return judge(check, check.limits, parts)


def one(*measured: Measured, database: str = "", skip_reason: str = "", reason: str = "") -> Part:
    return Part(database, measured, skip_reason, reason)


def test_the_worst_decides_and_is_told_first() -> None:
    check = made(unit="%", warn=80, crit=90, hint="mend it", ok_message="all well")
    finding = judged(
        check,
        one(Measured("a", 85.0, "a is at 85"), Measured("b", 95.0, "b is at 95"), Measured("c", 10.0, "c is at 10")),
    )
    assert (finding.status, finding.value, finding.message, finding.hint) == (
        CRITICAL,
        95.0,
        "b is at 95; a is at 85",
        "mend it",
    )
    assert (finding.warn, finding.crit, finding.unit, finding.visible) == (80, 90, "%", True)


def test_little_is_the_worst_where_little_is_bad() -> None:
    finding = judged(
        made(lower_is_worse=True, warn=95, crit=90),
        one(Measured("a", 99.0, "a"), Measured("b", 94.0, "b"), Measured("c", 91.0, "c")),
    )
    assert (finding.status, finding.value, finding.message) == (WARNING, 91.0, "c; b")


def test_more_than_three_are_counted() -> None:
    measured = [Measured(str(number), float(number), f"n{number}") for number in range(1, 7)]
    assert judged(made(warn=0), one(*measured)).message == "n6; n5; n4; and 3 more"


def test_all_well_is_said_in_one_sentence_and_without_advice() -> None:
    finding = judged(made(warn=80, ok_message="all well", hint="mend it"), one(Measured("a", 1.0, "a is at 1")))
    assert (finding.status, finding.message, finding.hint, finding.value) == (OK, "all well", "", 1.0)


def test_without_such_a_sentence_the_measured_one_is_told() -> None:
    assert judged(made(warn=80), one(Measured("a", 1.0, "a is at 1"))).message == "a is at 1"
    assert judged(made(), one()).message == "signals: none"


def test_things_are_counted_over_all_databases() -> None:
    check = made(threshold_on_count=True, warn=0, crit=2, ok_message="none is broken")
    parts = [
        one(Measured("a", None, "a is broken"), database="x"),
        one(Measured("b", None, "b is broken"), database="y"),
        one(database="z"),
    ]
    finding = judged(check, *parts)
    assert (finding.status, finding.value, finding.message) == (WARNING, 2, "a is broken; b is broken")
    assert judged(check, one()).message == "none is broken"
    assert judged(check, *parts, one(Measured("c", None, "c"))).status == CRITICAL


def test_what_only_informs_is_ok_with_its_message() -> None:
    finding = judged(
        made(threshold_on_count=True), one(Measured("a", None, "a is unlogged"), Measured("b", None, "b is unlogged"))
    )
    assert (finding.status, finding.value, finding.message) == (OK, 2, "a is unlogged; b is unlogged")


def test_a_thing_may_be_worse_than_its_number() -> None:
    measured = (Measured("a", None, "a"), Measured("b", None, "b is unique", CRITICAL, "drop b"))
    finding = judged(made(threshold_on_count=True, warn=0, hint="drop it"), one(*measured))
    assert (finding.status, finding.message, finding.hint) == (CRITICAL, "b is unique", "drop b")


@pytest.mark.parametrize(("skip_reason", "visible"), [(HIDDEN, False), (FAILED, True)])
def test_what_could_not_be_seen_is_unknown(skip_reason: str, visible: bool) -> None:
    check = made(warn=80, ok_message="all well", hint="mend it")
    finding = judged(check, one(Measured("a", 1.0, "a")), one(database="x", skip_reason=skip_reason, reason="may not"))
    assert (finding.status, finding.visible, finding.value, finding.hint) == (UNKNOWN, visible, None, "")
    assert finding.message == "not known: databases x: may not"


def test_what_is_bad_stays_bad_when_some_could_not_be_seen() -> None:
    finding = judged(
        made(warn=80), one(Measured("a", 81.0, "a is at 81")), one(database="x", skip_reason=HIDDEN, reason="may not")
    )
    assert (finding.status, finding.visible) == (WARNING, True)
    assert finding.message == "a is at 81; besides, not known: databases x: may not"


def test_databases_with_one_reason_are_told_together() -> None:
    parts = [one(database=name, skip_reason=FAILED, reason="timeout") for name in "abcde"]
    assert judged(made(), *parts).message == "not known: databases a, b, c and others: timeout"


def test_the_first_look_says_so_instead_of_guessing() -> None:
    finding = judged(made(warn=1), one(skip_reason=FIRST_LOOK))
    assert (finding.status, finding.value) == (OK, None)
    assert finding.message.startswith("signals: not known yet, this is the first look")
