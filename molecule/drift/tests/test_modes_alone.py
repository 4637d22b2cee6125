# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Only owners and modes are altered, up to files the server cannot read and folders it would not start in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Server
    from drift.tests.conftest import DriftCycle

#: The files of this scenario take turns at the platforms.
PLATFORM = "first"

#: What the server runs with needs a restart to go away, and with that data folder it would not start again.
BY_HAND = """
sed -i "s/^listen_addresses = .*/listen_addresses = '127.0.0.1'/" $config/conf.d/50-pg_hardening.conf
runuser -u postgres -- psql -qc "ALTER SYSTEM SET max_connections = '50'"
systemctl restart $unit
chmod 0666 /etc/postgresql-common/createcluster.d/50-pg_install.conf $sandbox
chown root:root $config/start.conf $config/pg_hba.conf
chmod 0600 $config/conf.d/60-pg_tuning.conf
chown root:root $config/conf.d $config/postgresql.conf $config/pg_ident.conf
chmod 0600 $config/postgresql.conf $config/pg_ident.conf
chmod 0700 $config/conf.d
chmod 0755 $data
"""

FILES = {
    "/etc/postgresql-common/createcluster.d/50-pg_install.conf": "(mode 0666 -> 0644)",
    "{server.sandbox}": "-# root:root 0666",
    "{server.config}/start.conf": "(owner root -> postgres, group root -> postgres)",
    "{server.config}/pg_hba.conf": "-# root:root 0640",
    "{server.config}/conf.d/60-pg_tuning.conf": "-# postgres:postgres 0600",
    "{server.config}/conf.d": "(owner root -> postgres, group root -> postgres, mode 0700 -> 0755)",
    "{server.config}/postgresql.conf": "(owner root -> postgres, group root -> postgres, mode 0600 -> 0644)",
    "{server.config}/pg_ident.conf": "(owner root -> postgres, group root -> postgres, mode 0600 -> 0640)",
    "{server.data}": "(mode 0755 -> 0700)",
}


@pytest.fixture(scope="module")
def round_(drift: Callable[[str], DriftCycle]) -> DriftCycle:
    return drift(BY_HAND)


@pytest.mark.parametrize("path", FILES)
def test_check_names_the_file_and_shows_its_owner_or_mode(server: Server, round_: DriftCycle, path: str) -> None:
    name = path.format(server=server)
    assert name in round_.named
    in_diff = FILES[path].startswith("-")
    assert (FILES[path] in round_.lines) if in_diff else (f"(item={name} {FILES[path]})" in round_.check.stdout)


def test_check_names_the_setting_that_only_a_restart_repairs(round_: DriftCycle) -> None:
    assert round_.altered["max_connections"].startswith("50 ")
    assert "-max_connections = 50" in round_.lines
    assert "-listen_addresses = 127.0.0.1" in round_.lines


def test_check_changes_nothing(round_: DriftCycle) -> None:
    assert round_.check.rc == 0, round_.check.output
    assert round_.checked == round_.altered


def test_converge_repairs_owners_and_modes_before_it_restarts_the_server(round_: DriftCycle) -> None:
    assert round_.converge.rc == 0, round_.converge.output
    assert round_.left_over == {}
    assert round_.repaired["started"] > round_.altered["started"]
