# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run writes through root's links, and gives nothing away through those of postgres."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import PlayResult, PlayRunner, Server

PLATFORM = "first"

SITE = "aerovista.postgresql.site"
SHARED = {"start.conf": "/etc/shared-start.conf", "pg_hba.conf": "/etc/shared-hba.conf"}
OF_ROOT = "/etc/secret-of-root"
LINKED = f"""
cd {{config}}
for name in start pg_hba; do
    mv $name.conf /etc/shared-${{{{name#pg_}}}}.conf
    ln -s /etc/shared-${{{{name#pg_}}}}.conf $name.conf
done
echo manual >{SHARED["start.conf"]}
echo 'local all all reject' >>{SHARED["pg_hba.conf"]}
touch {OF_ROOT}
rm -f ~postgres/.pgpass
runuser -u postgres -- ln -s {OF_ROOT} ~postgres/.pgpass
"""


UNLINKED = f"""
cd {{config}}
for name in start pg_hba; do
    mv /etc/shared-${{{{name#pg_}}}}.conf $name.conf
done
rm ~postgres/.pgpass {OF_ROOT}
"""


@pytest.fixture(scope="module")
def result(server: Server, play: PlayRunner) -> Iterator[PlayResult]:
    server.host.check_output("bash -euc %s", LINKED.format(config=server.config))
    yield play(SITE, on=server.host)
    server.host.check_output("bash -euc %s", UNLINKED.format(config=server.config))


@pytest.mark.parametrize("name", SHARED)
def test_link_of_roots_stays_and_its_file_is_written(server: Server, result: PlayResult, name: str) -> None:
    assert result.rc == 0, result.output
    assert server.host.check_output("readlink %s", f"{server.config}/{name}") == SHARED[name]
    assert server.read(SHARED[name]).startswith("# Managed by Ansible")
    assert server.read(SHARED[name]).split()[-1] in {"auto", "scram-sha-256"}


def test_link_of_postgres_gives_away_no_file_of_roots(server: Server, result: PlayResult) -> None:
    assert result.rc == 0, result.output
    assert server.mode(OF_ROOT).startswith("root:root ")


def test_the_second_run_changes_nothing(server: Server, result: PlayResult, play: PlayRunner) -> None:
    assert result.rc == 0, result.output
    again = play(SITE, on=server.host, check=True)
    assert (again.rc, again.changed) == (0, 0), again.output
