# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The completion for bash, in a real one."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.commands import NAMES
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.cli.generated import bash


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["pgsop", ""], list(NAMES)),
        (["pgsop", "ba"], ["backup", "backups"]),
        (["pgsop", "help", "d"], ["diagnose", "drill"]),
        (["pgsop", "restore", "--ke"], ["--keep-going"]),
        (["pgsop", "health", "--format", "n"], ["nagios"]),
        (["pgsop", "backup", "--config", "/etc/passw"], ["/etc/passwd"]),
        (["pgsop", "backups", "--keep"], []),
    ],
)
def test_words_are_completed(words: list[str], offered: list[str]) -> None:
    script = f"{bash.TEXT}\nCOMP_WORDS=({shlex.join(words)})\nCOMP_CWORD={len(words) - 1}\n_shtab_pgsop\n"
    done = subprocess.run(
        ["bash", "--norc", "-c", f'{script}printf "%s\\n" "${{COMPREPLY[@]}}"'],
        capture_output=True,
        text=True,
        check=True,
    )
    # A file of a name like /etc/passwd- may be there too.
    assert [word for word in done.stdout.split() if not word.endswith("-")] == offered
