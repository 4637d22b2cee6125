# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check is documented with its thresholds, and what is documented is a check."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.catalogue import CHECKS
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.check import SCOPES, Check

ROOT = Path(__file__).resolve().parents[6]
PAGE = ROOT / "docs" / "monitoring.md"
ROW = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
SECONDS = (("d", 86400), ("h", 3600), ("min", 60))


def rows() -> dict[str, list[str]]:
    """By identifier: what it looks at, its warning, what is critical."""
    return {name: cells for name, *cells in ROW.findall(PAGE.read_text(encoding="utf-8"))}


def shown(value: float, unit: str) -> str:
    """A threshold as the page has it."""
    if unit == "s":
        name, factor = next((each for each in SECONDS if value >= each[1] and value % each[1] == 0), ("s", 1))
        return f"{value / factor:g} {name}"
    return f"{value / 1e9:g} GB" if unit == "B" else f"{value:,.10g} {unit}".strip()


def test_identifiers_are_unique() -> None:
    ids = [check.id for check in CHECKS]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.id))
def test_check_is_complete(check: Check) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", check.id)
    assert check.scope in SCOPES
    assert check.sop in {"0", "3", "4", "5", "6", "7"}
    assert check.title
    assert check.title[-1] != "."
    assert check.unit in {"", "s", "%", "B", "h", "d"}


def test_every_check_has_a_fault_that_was_made_for_real() -> None:
    """Tests of backups leave out the first half of the identifier."""
    texts = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("tests/servers", "molecule")
        for path in (ROOT / folder).rglob("test_*.py")
    )
    names = [(check.id, check.id.removeprefix("backup.")) for check in CHECKS]
    assert [name for name, short in names if f'"{name}"' not in texts and f'"{short}"' not in texts] == []


def test_every_check_is_on_the_page_and_nothing_else() -> None:
    assert sorted(rows()) == sorted(check.id for check in CHECKS)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: str(check.id))
def test_thresholds_are_on_the_page(check: Check) -> None:
    _what, *told = rows()[check.id]
    for value, cell in zip((check.warn, check.crit), told, strict=True):
        if value is not None:
            assert cell != "-"
            assert value == 0 or shown(value, check.unit) in cell
