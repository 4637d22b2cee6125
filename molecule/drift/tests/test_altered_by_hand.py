# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is managed is altered at once: --check names each, converge repairs all."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import PlayRunner, Server
    from drift.tests.conftest import DriftCycle
    from testinfra.host import Host

#: The files of this scenario take turns at the platforms.
PLATFORM = "last"

#: What is written over the command.
NOT_PGSOP = b"#!/bin/sh\nexit 0\n"

BY_HAND = r"""
echo 'create_main_cluster = false' >>/etc/postgresql-common/createcluster.d/50-pg_install.conf
echo manual >$config/start.conf
sed -i "s/^log_statement = .*/log_statement = 'none'/" $config/conf.d/50-pg_hardening.conf
sed -i "s/^work_mem = .*/work_mem = '64MB'/" $config/conf.d/60-pg_tuning.conf
sed -i "s/^full_page_writes = .*/full_page_writes = 'off'/" $config/conf.d/50-pg_hardening.conf
runuser -u postgres -- psql -qc "ALTER SYSTEM SET log_connections = 'off'" -c "ALTER SYSTEM SET fsync = 'off'"
reload
echo 'host all all 0.0.0.0/0 trust' >>$config/pg_hba.conf
sed -i '/^IPAddressDeny/d' $sandbox
systemctl disable -q postgresql.service
printf '#!/bin/sh\nexit 0\n' >/usr/local/bin/pgsop
touch /var/lib/postgresql/.pgpass /var/lib/postgresql/.psql_history
chmod 0777 $config /var/lib/postgresql /var/log/postgresql /usr/share/postgresql/$version/extension
chmod 0666 $config/postgresql.conf /var/lib/postgresql/.pgpass $log
chmod 0644 $config/pg_ident.conf
chmod 0750 $data
chmod 0755 /run/postgresql
chown root:root $config/conf.d $config/environment $config/pg_ctl.conf /var/lib/postgresql/.psql_history
"""

MODES = [
    "{server.config}",
    "{server.config}/conf.d",
    "{server.config}/postgresql.conf",
    "{server.config}/pg_ident.conf",
    "{server.config}/environment",
    "{server.config}/pg_ctl.conf",
    "{server.data}",
    "{server.log}",
    "/var/lib/postgresql",
    "/var/lib/postgresql/.pgpass",
    "/var/lib/postgresql/.psql_history",
    "/var/log/postgresql",
    "/var/run/postgresql",
    "/usr/share/postgresql/{server.version}/extension",
]
LINES = {
    "/etc/postgresql-common/createcluster.d/50-pg_install.conf": "-create_main_cluster = false",
    "{server.config}/start.conf": "-manual",
    "{server.config}/conf.d/50-pg_hardening.conf": "-log_statement = 'none'",
    "{server.config}/conf.d/60-pg_tuning.conf": "-work_mem = '64MB'",
    "{server.config}/pg_hba.conf": "-host all all 0.0.0.0/0 trust",
    "{server.sandbox}": "+IPAddressDeny=any",
    "/usr/local/bin/pgsop": f"-a file that is not pgsop, 17 bytes, sha256 {hashlib.sha256(NOT_PGSOP).hexdigest()}",
    "{server.data}/postgresql.auto.conf": "-log_connections = 'off'",
}


@pytest.fixture(scope="module")
def round_(drift: Callable[[str], DriftCycle]) -> DriftCycle:
    return drift(BY_HAND)


@pytest.mark.parametrize("path", MODES)
def test_check_names_the_altered_owner_or_mode(server: Server, round_: DriftCycle, path: str) -> None:
    assert path.format(server=server) in round_.named


@pytest.mark.parametrize("path", LINES)
def test_check_names_the_altered_file_and_shows_the_line(server: Server, round_: DriftCycle, path: str) -> None:
    assert path.format(server=server) in round_.named
    assert LINES[path] in round_.lines


def test_check_shows_values_in_force_that_are_not_the_declared_ones(round_: DriftCycle) -> None:
    assert round_.altered["log_statement"].startswith("none ")
    assert "running server" in round_.named
    for line in (
        "-fsync = 'off'",
        "-fsync = off",
        "+fsync = on",
        "-full_page_writes = 'off'",
        "+full_page_writes = on",
    ):
        assert line in round_.lines
    for line in ("-log_statement = none", "+log_statement = ddl", "-log_connections = off", "+log_connections = on"):
        assert line in round_.lines


def test_check_names_the_disabled_unit(round_: DriftCycle) -> None:
    assert "postgresql.service" in round_.named


def test_check_names_nothing_that_nobody_altered(server: Server, round_: DriftCycle) -> None:
    expected = {path.format(server=server) for path in [*MODES, *LINES]} | {"running server", "postgresql.service"}
    assert round_.named <= expected | {server.unit}


def test_check_changes_nothing(round_: DriftCycle) -> None:
    assert round_.check.rc == 0, round_.check.output
    assert round_.checked == round_.altered


def test_converge_repairs_everything(round_: DriftCycle) -> None:
    assert round_.converge.rc == 0, round_.converge.output
    assert len(round_.touched) >= len(MODES) + len(LINES)
    added = {"/var/lib/postgresql/.pgpass", "/var/lib/postgresql/.psql_history"}
    assert set(round_.left_over) - added == set()
    assert {round_.repaired[path] for path in added} == {"postgres:postgres 600"}


@pytest.mark.usefixtures("round_")
def test_file_that_was_in_the_place_of_the_command_is_kept(host: Host, server: Server, round_: DriftCycle) -> None:
    kept = "/usr/local/bin/pgsop.replaced.1"
    assert server.read(kept).encode() == NOT_PGSOP
    assert server.mode(kept) == "root:root 0644"
    assert host.run("pgsop --version").stdout.startswith("pgsop ")
    assert kept in round_.check.stdout
    assert kept in round_.converge.stdout


def test_converge_says_the_same_as_the_check_run(round_: DriftCycle) -> None:
    assert set(round_.lines_of_converge) == set(round_.lines)


@pytest.mark.usefixtures("round_")
def test_next_converge_changes_nothing(host: Host, play: PlayRunner) -> None:
    result = play("aerovista.postgresql.site", on=host)
    assert result.rc == 0, result.output
    assert result.changed == 0, result.output
