# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the site's own: to copy a set off the host, to tell of a failure."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import Mapping

from ..command import Answer
from .tools import end, tied

#: How much of what a command says is kept.
_SAID = 2000


def run_command(command: str, variables: Mapping[str, str], timeout_s: float) -> Answer:
    """Run a declared command, split into words as a shell would, without a shell.

    Args:
        command: the command.
        variables: told to it, besides what this process has.
        timeout_s: seconds after which it is ended, with status 124.
    """
    words = shlex.split(command)
    process = subprocess.Popen(
        tied(words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **variables},
    )
    try:
        output, _nothing = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return Answer(124, "", f"{words[0]}: not done within {timeout_s:.0f} s")
    finally:
        end(process)
    return Answer(process.returncode, output.decode("utf-8", "replace")[-_SAID:], "")
