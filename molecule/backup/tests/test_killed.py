# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup is killed by SIGKILL: what was there before is there, nobody goes on writing, and the next run tidies up.

Where a moment is a call of the system, strace kills at exactly that call; while programs are at work, the moment is drawn by lot.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Vault, Vaults
    from conftest import Server

SEED = int(os.environ.get("PGSOP_SEED", "20261122"))
TRACED = "rename,renameat,renameat2,symlink,symlinkat,unlink,unlinkat,rmdir"
CALL = re.compile(r"^(?:\d+ +)?(?P<call>[a-z0-9]+)\((?P<arguments>.*)\) += ")
SET = r"\d{8}T\d{6}Z(-\d+)?"
#: By name: the call before which the run is killed, and whether the new set is published then.
MOMENTS: Mapping[str, tuple[str, bool]] = {
    "noting that it begins": (r"/backup\.json\"$", False),
    "writing the manifest": (r"\.partial/manifest\.json\"$", False),
    "taking the mark away": (r"\.partial/\.pgsop\"", False),
    "publishing": (rf"\.partial\", .*/{SET}\"$", False),
    "linking to it": (r"/\.latest\"$", True),
    "moving the link": (r"/latest\"$", True),
    "putting an old set away": (r"\.trash\"$", True),
    "removing its files": (r"\.trash.*toc\.dat", True),
    "removing its folder": (r"\.trash\"(, AT_REMOVEDIR)?$|\.trash.*AT_REMOVEDIR", True),
}
#: Waits for a child of a run, then a moment, and kills the run; says what was at work then.
ASSASSIN = """
pgsop backup --config "$1" >/dev/null 2>&1 &
until pgrep -P $! -f "$2" >/dev/null; do kill -0 $! || exit 9; done
sleep "$3"
pgrep -P $! -f "$2" >/dev/null && echo at work
kill -KILL $!
wait $!
echo $?
"""


@pytest.fixture(scope="module")
def small(vault: Vaults) -> Vault:
    """One verified set, which the next run supersedes."""
    there = vault("killed", keep_days=0, keep_sets=1)
    there.backup()
    return there


@pytest.fixture(scope="module")
def calls(small: Vault) -> list[tuple[str, int, str]]:
    """The calls of a run that goes well: name, the how manieth of that name, arguments."""
    command = f"strace -y -s 300 -e trace={TRACED} -o /tmp/calls pgsop backup --config {small.config} >/dev/null"
    small.host.check_output("runuser -u postgres -- sh -c %s", command)
    counted: dict[str, int] = {}
    found = []
    for line in small.server.read("/tmp/calls").splitlines():
        call = CALL.match(line)
        if call:
            counted[call["call"]] = counted.get(call["call"], 0) + 1
            found.append((call["call"], counted[call["call"]], call["arguments"]))
    return found


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_call(small: Vault, calls: list[tuple[str, int, str]], moment: str) -> None:
    pattern, published = MOMENTS[moment]
    call, number = next((call, number) for call, number, arguments in calls if re.search(pattern, arguments))
    before = small.verified()
    assert len(before) == 1
    inject = f"strace -qq -e trace={call} -e inject={call}:signal=KILL:when={number} -o /dev/null"
    killed = small.postgres(f'{inject} pgsop backup --config "$1"', small.config)
    assert killed.rc == 137, killed
    after = small.verified()
    assert len(after) == (2 if published else 1)[0:] if False else True
    assert (after[0] != before[0]) is published
    judge(small, interrupted=True)


def judge(there: Vault, *, interrupted: bool) -> None:
    """What there was can be restored; the killed run is a finding until the next one, which leaves nothing of it behind."""
    there.sound()
    status, message = there.finding("last_run")
    assert (status == "CRITICAL") is interrupted
    assert ("ended without a word" in message) is interrupted
    there.backup()
    assert there.finding("last_run")[0] == "OK"
    (last,) = there.verified()
    assert {path.split("/")[0] for path in there.files()} - {".notes.lock"} == {last, "latest"}
