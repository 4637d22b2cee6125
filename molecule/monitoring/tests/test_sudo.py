# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`sudo pgsop` works with the secure_path that sudo 1.9.17p2-6 of Debian and sudo-rs 0.2.15 have, which has no /usr/local."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from testinfra.host import Host

PLATFORM = "last"
SUDOERS = """\
Defaults secure_path="/usr/sbin:/usr/bin:/sbin:/bin"
oncall ALL=(ALL) NOPASSWD: ALL
"""
PREPARE = f"""
set -e
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends sudo
useradd --create-home oncall
printf '%s' '{SUDOERS}' >/etc/sudoers.d/oncall
"""


@pytest.fixture(scope="module")
def with_sudo(host: Host) -> Host:
    done = host.run(PREPARE)
    assert done.rc == 0, done.stderr
    return host


def test_sudo_finds_the_command(with_sudo: Host) -> None:
    done = with_sudo.run("runuser -u oncall -- sudo pgsop --version")
    assert (done.rc, done.stdout.split()[0]) == (0, "pgsop"), done.stderr


def test_without_the_link_it_does_not(with_sudo: Host) -> None:
    with_sudo.run("mv /usr/sbin/pgsop /tmp/pgsop-link")
    done = with_sudo.run("runuser -u oncall -- sudo pgsop --version")
    with_sudo.run("mv /tmp/pgsop-link /usr/sbin/pgsop")
    assert done.rc == 1
    assert "command not found" in done.stderr
