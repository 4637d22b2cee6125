# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of faults and drivers."""

from __future__ import annotations

import re

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.attempt import SAID
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose.error_patterns import (
    CAUSES,
    DRIVERS,
    FAULTS,
    OF_APPLICATION,
    OF_NETWORK,
)
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.diagnose.error_texts import recorded


def test_every_fault_has_causes() -> None:
    faults = [fault for fault, _pattern in FAULTS]
    assert len(faults) == len(set(faults))
    assert set(CAUSES) == set(faults) >= {kind for kind, _pattern in SAID}
    assert all(causes for _words, causes in CAUSES.values())


def test_sets_are_of_faults() -> None:
    assert set(CAUSES) >= OF_NETWORK | OF_APPLICATION
    assert not OF_NETWORK & OF_APPLICATION


@pytest.mark.parametrize("driver", sorted(name for name, _version, _pattern in DRIVERS))
def test_every_driver_is_recorded(driver: str) -> None:
    pattern = next(pattern for name, _version, pattern in DRIVERS if name == driver)
    assert any(re.search(pattern, each.text) for each in recorded())
