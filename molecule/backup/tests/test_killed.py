# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A backup is killed by SIGKILL: what was there before is there, nobody goes on writing, and the next run tidies up.

Where a moment is a call of the system, strace kills at exactly that call; while programs are at work, the moment is drawn by lot.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from backup.tests.conftest import Look, Vault, Vaults
    from conftest import Server

#: These tests do not depend on the platform.
PLATFORM = "last"

SEED = int(os.environ.get("PGSOP_SEED", "20261122"))
TRACED = "rename,renameat,renameat2,symlink,symlinkat,unlink,unlinkat,rmdir"
CALL = re.compile(r"^(?:\d+ +)?(?P<call>[a-z0-9]+)\((?P<arguments>.*)\) += ")
SET = r"\d{8}T\d{6}Z(-\d+)?"
#: By name: the call before which the run is killed, and whether the new set is published then.
MOMENTS: Mapping[str, tuple[str, bool]] = {
    "noting that it begins": (r"/backup\.json\"$", False),
    "writing the manifest": (r"\.partial/manifest\.json\"$", False),
    "publishing": (rf"\.partial\", .*/{SET}\"$", False),
    "moving the link": (r"/latest\"$", True),
    "putting an old set away": (r"\.trash\"$", True),
    "removing its files": (r"\.trash.*toc\.dat", True),
}
#: Where a run spends its time, and an option by which the program is known.
PROGRAMS = {"pg_dump": "--jobs=2", "pg_restore": "--data-only"}
#: Waits for a child of a run, then a moment, and kills the run; says what was at work then.
ASSASSIN = r"""
pgsop backup --config "$4" >/dev/null 2>&1 &
at_work() {
    read -r children </proc/$!/task/$!/children
    for child in $children; do
        mapfile -d '' words </proc/$child/cmdline
        case "${words[0]##*/} ${words[*]}" in "$1 "*" $2 "*) return ;; esac
    done 2>/dev/null
    return 1
}
until at_work "$1" "$2"; do kill -0 $! || exit; done
sleep "$3"
at_work "$1" "$2" && printf 'at work '
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
def large(vault: Vaults, shop: Server) -> Vault:
    """The same with so much more that its programs are at work for a while."""
    assert int(shop.sql("SELECT pg_database_size('shop')")) > 20_000_000
    there = vault("killed_large", databases=("ledger", "shop"), keep_days=0, keep_sets=1)
    there.backup()
    return there


@pytest.fixture(scope="module")
def calls(small: Vault) -> list[tuple[str, int, str]]:
    """The calls of a run that goes well: name, the how manieth of that name, arguments."""
    command = (
        f"strace -y -s 300 -e trace={TRACED} -o {small.state}/calls pgsop backup --config {small.config} >/dev/null"
    )
    small.host.check_output("runuser -u postgres -- sh -c %s", command)
    counted: dict[str, int] = {}
    found = []
    for line in small.server.read(f"{small.state}/calls").splitlines():
        call = CALL.match(line)
        if call:
            counted[call["call"]] = counted.get(call["call"], 0) + 1
            found.append((call["call"], counted[call["call"]], call["arguments"]))
    return found


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_call(small: Vault, calls: list[tuple[str, int, str]], moment: str) -> None:
    pattern, published = MOMENTS[moment]
    call, number = next((call, number) for call, number, arguments in calls if re.search(pattern, arguments))
    before = small.newest()
    inject = f"strace -qq -e trace={call} -e inject={call}:signal=KILL:when={number} -o /dev/null"
    killed = small.postgres(f'{inject} pgsop backup --config "$1"', small.config)
    assert killed.rc == 137, killed
    look = survived(small)
    assert (before in look.verified) is (moment != "removing its files")
    assert (look.verified[0] != before) is published
    known = "ended well" if moment == "noting that it begins" else "it ended without a word"
    assert known in look.finding("last_run")[1]


@pytest.mark.parametrize("lot", [1, 2])
@pytest.mark.parametrize("program", PROGRAMS)
def test_killed_while_a_program_is_at_work(
    large: Vault, program: str, lot: int, record_property: Callable[[str, object], None]
) -> None:
    part, longest = drawn(f"{SEED} {program} {lot}"), 0.3
    while True:
        before, delay = large.newest(), part * longest
        record_property(f"PGSOP_SEED={SEED}, seconds after the start of {program}", delay)
        words = (program, PROGRAMS[program], str(delay), large.config)
        told = large.host.check_output("bash -c %s assassin %s %s %s %s", ASSASSIN, *words)
        if told == "at work 137":
            break
        # The program was faster: once more, sooner.
        longest /= 2
    look = survived(large)
    assert look.verified == [before]
    assert "it ended without a word" in look.finding("last_run")[1]


def drawn(seed: str) -> float:
    """A number from 0 to 1, the same for the same seed."""
    return int(hashlib.sha256(seed.encode()).hexdigest()[:8], 16) / 2**32


def survived(there: Vault) -> Look:
    """What is there after the kill, can be restored, and is looked at; nothing of the killed run outlasts the next one."""
    there.wait(lambda: not there.children(), 5)
    look = there.look()
    there.restored()
    last = there.backup()
    assert {path.split("/")[0] for path in there.files()} == {last, "latest"}
    return look
