# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the site's own: to copy a set off the host, to tell of a failure."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
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
        timeout_s: seconds after which it is ended, with all that it started, and has status 124.
    """
    words = shlex.split(command)
    # Not a pipe: what it leaves running in the background may keep that open.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            tied(words),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **variables},
            start_new_session=True,
        )
        try:
            status = process.wait(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            return Answer(124, "", f"{words[0]}: not done within {timeout_s:.0f} s")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            end(process)
        output.seek(0)
        return Answer(status, output.read().decode("utf-8", "replace")[-_SAID:], "")
