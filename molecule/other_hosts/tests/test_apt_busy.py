# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Another program uses apt: the run says so and waits, then goes on, or ends in plain words before it changes anything."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Container, PlayResult, PlayRunner
    from other_hosts.tests.conftest import Lab

#: As a process of apt would, for some seconds; it prints its number once it has the lock.
HOLD = """
cat >/root/upgrader <<'END'
import fcntl, os, sys, time
handle = open(sys.argv[1], "r+")
fcntl.lockf(handle, fcntl.LOCK_EX)
open("/proc/self/comm", "w").write("upgrader")
open("/root/held", "w").write(str(os.getpid()))
time.sleep(float(sys.argv[2]))
END
rm -f /root/held
setsid python3 /root/upgrader {path} {seconds} >/dev/null 2>&1 </dev/null &
for _ in $(seq 100); do [ -s /root/held ] && break; sleep 0.1; done
cat /root/held
"""
FOLDERS = ("/etc", "/var/lib/dpkg")


@pytest.fixture(scope="module")
def bare(
    one_platform: str, fresh_container: Callable[..., Container], with_packages: Callable[[str], str]
) -> Container:
    """A host on which one small package is missing."""
    return fresh_container(with_packages(one_platform))


@pytest.fixture(scope="module")
def run(bare: Container, play: PlayRunner) -> Callable[..., PlayResult]:
    def run_role(before: str = "true", **variables: Any) -> PlayResult:
        facts = {"gather_facts": True, "gather_subset": ["!all", "!min", "distribution"]}
        first = {"name": "Begin", "ansible.builtin.shell": before, "changed_when": False}
        roles = ["aerovista.postgresql.pg_install"]
        return play({**facts, "pre_tasks": [first], "roles": roles}, on=bare, extra_vars=variables)

    return run_role


@pytest.fixture(autouse=True)
def _without_logrotate(bare: Container, lab: Lab) -> None:
    lab.run(bare, "! dpkg -s logrotate >/dev/null 2>&1 || dpkg --purge --force-depends logrotate")


@pytest.mark.parametrize("path", ["/var/lib/dpkg/lock-frontend", "/var/lib/apt/lists/lock"])
def test_run_ends_in_plain_words_and_has_changed_nothing(
    bare: Container, run: Callable[..., PlayResult], lab: Lab, path: str
) -> None:
    lab.run(bare, "mkdir -p /var/lib/apt/lists; touch /var/lib/apt/lists/lock")
    before = lab.fingerprint(bare, *FOLDERS)
    pid = lab.run(bare, HOLD.format(path=path, seconds=600))
    try:
        result = run(__pg_install_apt_wait_s=2)
    finally:
        lab.run(bare, f"kill {pid}")
    assert (result.rc != 0, result.changed) == (True, 0), result.output
    assert f"upgrader, pid {pid}" in result.error
    assert "Next step: run again" in result.error
    assert f"upgrader, pid {pid}" in re.split("fatal:", result.stdout)[0], "the wait is not announced"
    assert lab.fingerprint(bare, *FOLDERS) == before


def test_run_waits_and_goes_on(bare: Container, run: Callable[..., PlayResult], lab: Lab) -> None:
    # From then on: until the role asks, the controller needs some seconds.
    result = run(before=HOLD.format(path="/var/lib/dpkg/lock-frontend", seconds=45))
    assert result.rc == 0, result.output
    assert "apt is busy on this host (upgrader, pid " in result.stdout
    assert lab.run(bare, "dpkg-query --show --showformat='${db:Status-Abbrev}' logrotate") == "ii"


def test_free_apt_is_not_mentioned(run: Callable[..., PlayResult]) -> None:
    result = run()
    assert (result.rc, "apt is busy" in result.stdout) == (0, False), result.output
