# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a caller of plugins reads: one line, then the rest."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.examine import HealthReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.outputs.nagios import nagios


def lines(*findings: Finding) -> list[str]:
    return nagios(HealthReport("17/main", "17.6", 0.0, 0.25, findings))


def test_all_well_is_one_line() -> None:
    assert lines(Finding("a.b", "4", "OK", "fine", value=3.0, unit="%", warn=80, crit=90)) == [
        "PGSOP OK - cluster 17/main: all 1 checks are OK | a.b=3%;80;90 duration=0.250s;;"
    ]


def test_the_worst_comes_first_and_is_told_again_with_what_to_do() -> None:
    told = lines(
        Finding("a.a", "4", "OK", "fine"),
        Finding("b.b", "4", "WARNING", "slow", hint="look", value=0.71, unit="s", warn=0.5),
        Finding("c.c", "4", "CRITICAL", "broken", hint="mend"),
        Finding("d.d", "4", "UNKNOWN", "hidden", visible=False),
    )
    summary = "PGSOP CRITICAL - cluster 17/main: 1 UNKNOWN, 1 CRITICAL, 1 WARNING"
    assert told == [
        f"{summary}; c.c: broken; b.b: slow; d.d: hidden | b.b=0.71s;0.5; duration=0.250s;;",
        "CRITICAL c.c: broken",
        "  Next step: mend",
        "WARNING b.b: slow",
        "  Next step: look",
        "UNKNOWN d.d: hidden",
    ]


def test_what_separates_performance_data_is_nowhere_else() -> None:
    told = lines(Finding("a.a", "4", "WARNING", "a | b\nc", hint="psql | less", value=1e12, unit="B"))
    assert told == [
        "PGSOP WARNING - cluster 17/main: 1 WARNING; a.a: a / b c | a.a=1000000000000B;; duration=0.250s;;",
        "WARNING a.a: a / b c",
        "  Next step: psql / less",
    ]


def test_units_that_are_not_known_there_are_left_out() -> None:
    assert " | a.a=7;8; " in lines(Finding("a.a", "4", "OK", "x", value=7, unit="d", warn=8))[0]
