# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the decorator makes, and that the catalogue is of one piece."""

from __future__ import annotations

import re

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.catalogue import CHECKS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import (
    SCOPES,
    SERVER,
    Check,
    Measured,
    check,
)


def test_the_decorator_makes_a_check_of_a_function() -> None:
    @check("topic.signal", sop="4", title="signals", scope=SERVER, warn=1, extra_limits={"warn_bytes": 5.0})
    def signal(_here: object) -> list[Measured]:
        return [Measured("x", 2.0, "x is at 2")]

    assert isinstance(signal, Check)
    assert list(signal.read(None)) == [Measured("x", 2.0, "x is at 2")]
    assert signal.limits == {"warn": 1, "crit": None, "warn_bytes": 5.0}


def test_identifiers_are_topic_and_signal_and_there_once() -> None:
    ids = [each.id for each in CHECKS]
    assert [name for name in ids if not re.fullmatch(r"[a-z]+\.[a-z_]+", name)] == []
    assert sorted(set(ids)) == sorted(ids)


def test_every_check_is_complete() -> None:
    for each in CHECKS:
        assert each.scope in SCOPES, each.id
        assert each.sop in "01234567", each.id
        assert each.title, each.id
        assert each.read.__doc__ or each.id.startswith("backup."), each.id
        assert each.unit in ("", "s", "%", "B", "h", "d", "/h") or each.unit.isalpha(), each.id


def test_what_can_turn_says_what_to_do() -> None:
    assert [each.id for each in CHECKS if (each.warn is not None or each.crit is not None) and not each.hint] == []


def test_thresholds_are_in_order() -> None:
    for each in CHECKS:
        if each.warn is not None and each.crit is not None:
            assert (each.crit <= each.warn) if each.lower_is_worse else (each.warn <= each.crit), each.id
