# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server is stopped and kept from starting, and files are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server
    from drift.tests.conftest import DriftCycle

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

BY_HAND = """
systemctl stop $unit
systemctl disable -q postgresql.service
echo disabled >$config/start.conf
rm /etc/postgresql-common/createcluster.d/50-pg_install.conf $config/conf.d/60-pg_tuning.conf $sandbox
sed -i "s/^log_statement = .*/log_statement = 'none'/" $config/conf.d/50-pg_hardening.conf
sed -i '/^host/d' $config/pg_hba.conf
"""

FILES = [
    "/etc/postgresql-common/createcluster.d/50-pg_install.conf",
    "{server.config}/start.conf",
    "{server.config}/conf.d/50-pg_hardening.conf (not yet validated by a server)",
    "{server.config}/conf.d/60-pg_tuning.conf (not yet validated by a server)",
    "{server.config}/pg_hba.conf (not yet validated by a server)",
    "{server.sandbox} (not yet validated by a server)",
]


@pytest.fixture(scope="module")
def round_(drift: Callable[[str], DriftCycle]) -> DriftCycle:
    return drift(BY_HAND)


@pytest.mark.parametrize("path", FILES)
def test_check_names_the_file_that_is_gone_or_altered(server: Server, round_: DriftCycle, path: str) -> None:
    assert path.format(server=server) in round_.named


def test_check_names_the_stopped_and_the_disabled_unit(server: Server, round_: DriftCycle) -> None:
    assert {server.unit, "postgresql.service"} <= round_.named


def test_check_changes_nothing(round_: DriftCycle) -> None:
    assert round_.check.rc == 0, round_.check.output
    assert round_.checked == round_.altered
    assert "started" not in round_.checked


def test_converge_brings_files_and_server_back(round_: DriftCycle) -> None:
    assert round_.converge.rc == 0, round_.converge.output
    assert round_.left_over == {}
    assert "started" in round_.repaired
