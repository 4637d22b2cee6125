# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release is the same wherever it is written."""

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.version import VERSION

ROOT = Path(__file__).resolve().parents[5]


def test_version_is_that_of_the_collection() -> None:
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"] == VERSION
