# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the host, run without a shell and in the C locale."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """The output of a program: exit status, standard output, standard error."""

    status: int
    output: str
    errors: str

    @property
    def text(self) -> str:
        """Return standard error and standard output in one line, for an error message."""
        return " ".join(f"{self.errors} {self.output}".split())


#: Exit status that stands for "there is no such program", as in a shell.
NOT_FOUND = 127
#: Exit status that stands for "killed after the time limit", as in timeout(1).
TIMED_OUT = 124


def run(
    arguments: Sequence[str], *, timeout: float = 60.0, undecodable: str = "replace", own_ids: bool = False
) -> Answer:
    """Run a program to its end, with an empty standard input.

    Args:
        arguments: the program and its arguments.
        timeout: seconds after which it is killed and the answer has status 124 (TIMED_OUT).
        undecodable: error handler for bytes on standard output that are not UTF-8.
        own_ids: run it with the effective user and group as the real ones, too; the server's program refuses to run without.

    Returns:
        Status 127 (NOT_FOUND) if there is no such program.
    """
    change = own_ids and os.getuid() != os.geteuid()
    environment = dict(os.environ, LC_ALL="C.UTF-8", SYSTEMD_PAGER="", SYSTEMD_COLORS="0")
    try:
        done = subprocess.run(
            list(arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=timeout,
            check=False,
            user=os.geteuid() if change else None,
            group=os.getegid() if change else None,
        )
    except FileNotFoundError:
        return Answer(NOT_FOUND, "", f"{arguments[0]}: not found")
    except subprocess.TimeoutExpired:
        return Answer(TIMED_OUT, "", f"{arguments[0]}: no answer within {timeout:.0f} s")
    return Answer(done.returncode, done.stdout.decode("utf-8", undecodable), done.stderr.decode("utf-8", "replace"))
