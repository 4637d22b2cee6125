# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text format, line by line; promtool has the last word in Molecule."""

from __future__ import annotations

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import Finding
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.examine import HealthReport
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.outputs.prometheus import prometheus

FINDINGS = (
    Finding("a.b", "4", "WARNING", "slow", value=0.5, unit="s", warn=0.25),
    Finding("c.d", "3", "UNKNOWN", 'a "quoted" thing', visible=False),
)
TEXT = prometheus(HealthReport("17/main", "17.6", 1000.5, 0.25, FINDINGS))


def test_samples() -> None:
    assert [line for line in TEXT.splitlines() if not line.startswith("#")] == [
        'pgsop_health_status{check="a.b",sop="4",unit="s",cluster="17/main"} 1',
        'pgsop_health_status{check="c.d",sop="3",unit="",cluster="17/main"} 3',
        'pgsop_health_visible{check="a.b",sop="4",unit="s",cluster="17/main"} 1',
        'pgsop_health_visible{check="c.d",sop="3",unit="",cluster="17/main"} 0',
        'pgsop_health_value{check="a.b",sop="4",unit="s",cluster="17/main"} 0.5',
        'pgsop_health_warning_threshold{check="a.b",sop="4",unit="s",cluster="17/main"} 0.25',
        'pgsop_health_worst_status{cluster="17/main"} 1',
        'pgsop_health_up{cluster="17/main"} 1',
        'pgsop_health_duration_seconds{cluster="17/main"} 0.25',
        'pgsop_health_last_run_timestamp_seconds{cluster="17/main"} 1000.5',
    ]


def test_every_metric_has_its_help_and_type_before_its_samples() -> None:
    seen: set[str] = set()
    for line in TEXT.splitlines():
        if line.startswith("# TYPE "):
            seen.add(line.split()[2])
        elif not line.startswith("#"):
            assert line.split("{")[0] in seen


def test_labels_are_escaped() -> None:
    text = prometheus(HealthReport('1\\"\n', "", 0.0, 0.0, ()))
    assert 'pgsop_health_up{cluster="1\\\\\\"\\n"} 0' in text
