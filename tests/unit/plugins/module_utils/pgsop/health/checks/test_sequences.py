# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of a sequence is used."""

from __future__ import annotations

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks.sequences import used

INT4, INT8 = 2**31 - 1, 2**63 - 1


@pytest.mark.parametrize(
    ("sequence", "largest", "last", "percent", "left"),
    [
        ((1, 1, 101, 1), None, 1, 0.0, 100),
        ((1, 1, 101, 1), None, 51, 50.0, 50),
        ((1, 1, 101, 1), None, 101, 100.0, 0),
        ((10, 1, 101, 1), None, 51, 50.0, 5),
        ((1, 1, INT8, 1), INT4, INT4, 100.0, 0),
        ((1, 1, INT8, 1), INT4, INT4 + 10, 100.0, 0),  # it is beyond what its column takes
        ((1, -INT8, INT8, 1), None, 1, 0.0, INT8 - 1),  # what lies below 1 was never to be used
        ((1, -100, 100, -100), None, 0, 50.0, 100),
        ((-1, -101, -1, -1), None, -51, 50.0, 50),
        ((-1, -INT8, -1, -1), INT4, -INT4 - 1, 100.0, 0),
        ((-1, -100, 100, 100), None, 0, 50.0, 100),
    ],
)
def test_used(sequence: tuple[int, int, int, int], largest: int | None, last: int, percent: float, left: int) -> None:
    known = dict(zip(("step", "smallest", "biggest", "start"), sequence, strict=True))
    found, numbers = used({**known, "largest": largest}, last)
    assert found == pytest.approx(percent, abs=0.001)
    assert numbers == left
