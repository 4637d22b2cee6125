# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of roles that decide whether a host is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROLES = Path(__file__).resolve().parents[2] / "roles"


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ({}, True),
        ({"exception": "made tomorrow"}, False),
        # For the module, an empty reason is none, so the names have to be asked for before a change.
        ({"exception": ""}, True),
        ({"exception": None}, True),
    ],
)
def test_pair_without_a_reason_is_checked_before_a_change(more: dict[str, Any], asked: bool) -> None:
    loader = DataLoader()
    variables = loader.load_from_file(str(ROLES / "pg_hardening/vars/main.yml"), trusted_as_template=True)
    variables["pg_hardening_hba_pairs"] = [{"database": "shop", "role": "clerk", **more}]
    variables["__pg_hardening_declared"] = {"databases": ["postgres"], "roles": ["postgres"]}
    found = Templar(loader=loader, variables=variables).template(trust_as_template("{{ __pg_hardening_undeclared }}"))
    assert found == (["shop", "clerk"] if asked else [])
