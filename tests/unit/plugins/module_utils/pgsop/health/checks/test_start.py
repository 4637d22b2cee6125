# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start at boot: start.conf, units, and the generator that links them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.finding import OK, WARNING
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.health.checks import start
from ansible_collections.aerovista.postgresql.tests.unit.plugins.module_utils.pgsop.health.checks.samples import (
    SampleHost,
    found,
    there,
)

NAME = "postgresql@17-main.service"
LINKED = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled-runtime"}
ENABLED = {"LoadState": "loaded", "ActiveState": "active", "UnitFileState": "enabled"}


@pytest.mark.parametrize(
    ("start_conf", "status"),
    [
        ("auto\n", OK),
        ("# comment\n\nauto # as it is\n", OK),
        ("manual\n", WARNING),
        ("disabled", WARNING),
        (None, OK),
    ],
)
@pytest.mark.parametrize("units", [{NAME: LINKED, "postgresql.service": ENABLED}, None], ids=["systemd", "no systemd"])
def test_start_at_boot_as_debian_says_it(
    tmp_path: Path, start_conf: str | None, status: str, units: dict[str, dict[str, str]] | None
) -> None:
    facts = there(tmp_path)
    if start_conf is not None:
        Path(facts["config_directory"], "start.conf").write_text(start_conf, encoding="utf-8")
    finding = found(start.enabled, SampleHost(units, **facts))
    assert finding.status == status
    assert ("start.conf" in finding.message) == (status != OK)


@pytest.mark.parametrize(
    ("instance", "umbrella", "status", "named"),
    [
        ("enabled-runtime", "enabled", OK, ""),
        ("enabled-runtime", "disabled", WARNING, "postgresql.service is disabled"),
        ("enabled-runtime", "masked", WARNING, "postgresql.service is masked"),
        ("enabled", "disabled", OK, ""),
        ("masked", "enabled", WARNING, f"{NAME} is masked"),
        ("masked-runtime", "enabled", WARNING, f"{NAME} is masked-runtime"),
    ],
)
def test_start_at_boot_as_systemd_says_it(
    tmp_path: Path, instance: str, umbrella: str, status: str, named: str
) -> None:
    units = {NAME: LINKED | {"UnitFileState": instance}, "postgresql.service": ENABLED | {"UnitFileState": umbrella}}
    finding = found(start.enabled, SampleHost(units, **there(tmp_path)))
    assert finding.status == status
    assert named in finding.message


@pytest.mark.parametrize(("generated", "status"), [(2e9, WARNING), (1.0, OK), (None, OK)])
def test_link_that_is_missing_counts_only_if_the_generator_has_run_since(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, generated: float | None, status: str
) -> None:
    facts = there(tmp_path)
    Path(facts["config_directory"], "start.conf").write_text("auto\n", encoding="utf-8")
    folder = tmp_path / "generator"
    monkeypatch.setattr(start, "_GENERATED", str(folder))
    if generated is not None:
        folder.mkdir()
        os.utime(folder, (generated, generated))
    units = {NAME: LINKED | {"UnitFileState": "disabled"}, "postgresql.service": ENABLED}
    assert found(start.enabled, SampleHost(units, **facts)).status == status
