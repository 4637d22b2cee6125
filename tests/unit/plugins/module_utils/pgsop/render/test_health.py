# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person reads at 3 a.m."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.examine import HealthReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.render.health import lines

FINE = Finding("a.fine", "4", "OK", "it is fine")
SLOW = Finding("b.slow", "4", "WARNING", "it is slow", hint="look")
BROKEN = Finding("c.broken", "4", "CRITICAL", "it is broken", hint="mend")
OLD = Finding("d.old", "3", "WARNING", "it is old")


def told(*findings: Finding, show_all: bool = False) -> list[str]:
    return lines(HealthReport("17/main", "17.6", 0.0, 0.3, findings).as_dict(), show_all=show_all)


def test_all_well_takes_three_lines() -> None:
    assert told(FINE) == ["PostgreSQL 17.6, cluster 17/main: 1 OK (0.3 s)", "", "All is well; --all shows the checks."]


def test_clause_by_clause_and_the_worst_first() -> None:
    assert told(FINE, SLOW, BROKEN, OLD) == [
        "PostgreSQL 17.6, cluster 17/main: 1 CRITICAL, 2 WARNING, 1 OK (0.3 s)",
        "",
        "SOP 3: Backups and restore",
        "  WARNING   d.old: it is old",
        "",
        "SOP 4: Health and observability",
        "  CRITICAL  c.broken: it is broken",
        "            Next step: mend",
        "  WARNING   b.slow: it is slow",
        "            Next step: look",
        "",
        "1 check is OK; --all shows them.",
    ]


def test_all_are_shown_on_request() -> None:
    assert told(FINE, show_all=True)[-1] == "  OK        a.fine: it is fine"


def test_what_is_unknown_for_one_reason_is_one_line() -> None:
    hidden = [Finding(name, "4", "UNKNOWN", "the server does not answer") for name in ("a.a", "b.b")]
    assert told(*hidden)[3:] == ["  UNKNOWN   2 checks: the server does not answer", "            a.a, b.b"]


def test_nothing_in_a_message_is_obeyed_by_the_terminal() -> None:
    assert "\x1b" not in "".join(told(Finding("a.a", "4", "WARNING", "a \x1b[2J name", hint="\x1b[2J")))


def test_a_host_without_a_cluster_has_no_title() -> None:
    finding = Finding("health.configured", "4", "UNKNOWN", "nothing is known", visible=False)
    found = lines(HealthReport("", "", 0.0, 0.0, (finding,)).as_dict())
    assert found == ["", "SOP 4: Health and observability", "  UNKNOWN   health.configured: nothing is known"]


def test_status_is_painted() -> None:
    report = HealthReport("17/main", "", 0.0, 0.3, (BROKEN, FINE)).as_dict()
    found = lines(report, paint=lambda shown, status: f"<{status}>{shown}")
    assert found[0] == "PostgreSQL, cluster 17/main: <CRITICAL>1 CRITICAL, <OK>1 OK (0.3 s)"
    assert "  <CRITICAL>CRITICAL  c.broken: it is broken" in found


REFUSED = Finding(
    "service.readiness", "4", "UNKNOWN", "cluster 17/main lets this role not in", hint="run 'pgsop diagnose'"
)
HIDDEN = [Finding(f"a.hidden{number}", "4", "UNKNOWN", f"for reason {number}") for number in range(50)]
SUDO = "run it with sudo: sudo pgsop health"


def advised(*findings: Finding, show_all: bool = False) -> list[str]:
    report = HealthReport("17/main", "17.6", 0.0, 0.3, findings).as_dict()
    return lines(report, show_all=show_all, advice=SUDO)


def test_what_is_unknown_to_a_user_has_one_next_step() -> None:
    assert advised(REFUSED, *HIDDEN, FINE)[1:] == [
        "",
        "51 checks are UNKNOWN: cluster 17/main lets this role not in",
        f"  Next step: {SUDO}",
        "",
        "1 check is OK; --all shows them.",
    ]


def test_what_a_user_sees_is_shown_all_the_same() -> None:
    found = advised(*HIDDEN, SLOW)
    assert found[1:5] == [
        "",
        "SOP 4: Health and observability",
        "  WARNING   b.slow: it is slow",
        "            Next step: look",
    ]
    assert found[5:] == ["", "50 checks are UNKNOWN: this user may not see everything", f"  Next step: {SUDO}"]
    assert sum("for reason" in line for line in advised(*HIDDEN, show_all=True)) == 50


def test_without_anything_unknown_there_is_no_advice() -> None:
    assert advised(FINE, SLOW) == told(FINE, SLOW)
