# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The man page, and the completions in a real bash and zsh, as installed by pg_cli."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from testinfra.host import Host

PLATFORM = "first"
PREPARE = """
set -e
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends man-db bash-completion zsh
"""
#: The loader of bash-completion finds the file of a command by its name.
BASH = """
. /usr/share/bash-completion/bash_completion
_comp_load pgsop 2>/dev/null || _completion_loader pgsop
COMP_WORDS=({words})
COMP_CWORD={last}
{function}
printf '%s ' "${{COMPREPLY[@]}}"
"""


@pytest.fixture(scope="module", name="shells")
def _shells(host: Host) -> Host:
    done = host.run(PREPARE)
    assert done.rc == 0, done.stderr
    return host


def test_man_page_is_found_and_well_formed(shells: Host) -> None:
    page = shells.run("MANWIDTH=80 man pgsop")
    assert page.rc == 0, page.stderr
    assert page.stdout.split()[0] == "PGSOP(1)"
    checked = shells.run("man --warnings -l /usr/local/share/man/man1/pgsop.1 >/dev/null")
    assert (checked.rc, checked.stderr) == (0, "")
    shells.run("mandb -q")
    assert shells.run("whatis pgsop").stdout.startswith("pgsop (1)")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("pgsop ba", "backup backups"),
        ("pgsop restore --ke", "--keep-going"),
        ("pgsop help dr", "drill"),
    ],
)
def test_bash_completes(shells: Host, words: str, offered: str) -> None:
    script = BASH.format(words=words, last=words.count(" "), function="_shtab_pgsop")
    done = shells.run("bash -c %s", script)
    assert (done.stdout.strip(), done.stderr) == (offered, "")


def test_zsh_finds_the_function_and_reads_it(shells: Host) -> None:
    script = (
        "autoload -Uz compinit && compinit -u -d /root/zcompdump && print -r -- $_comps[pgsop] && autoload +X _pgsop"
    )
    done = shells.run(f"zsh -f -c {shlex.quote(script)}")
    assert (done.rc, done.stdout.split()[0], done.stderr) == (0, "_pgsop", "")
