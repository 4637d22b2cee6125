# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands of the site's own: to copy a set off the host, and to report a failure."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from typing import IO

from ..command import Answer
from ..executable import program_problem
from .config import COMMANDS, BackupConfig, program_of, shell_syntax
from .tools import end, tied

#: How much of a command's output is kept, in characters: its beginning has the cause, its end the outcome.
_SAID = 2000
_GAP = "\n...\n"


def command_problems(config: BackupConfig) -> list[str]:
    """Return why declared commands cannot work, one sentence each with the name of the variable; empty if they can.

    The rights to run the program are those of the user of this process.
    """
    found = []
    for key in COMMANDS:
        command = getattr(config, key)
        problem = command and (shell_syntax(command) or program_problem(program_of(command)))
        if problem:
            found.append(f"pg_backup_{key} cannot work: {problem}")
    return found


def run_command(command: str, variables: Mapping[str, str], timeout_s: float) -> Answer:
    """Run a declared command, split into words as a shell would, without a shell.

    Args:
        command: the command.
        variables: environment variables for it, besides those of this process.
        timeout_s: seconds after which it is ended, with its process group, and has status 124.

    Returns:
        The status; as output, its standard output and error together, at most 2000 characters of them; an error only after the timeout.

    Raises:
        OSError: the command cannot be started.
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
            return Answer(124, _kept(output), f"{words[0]}: not done within {timeout_s:.0f} s")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
            end(process)
        return Answer(status, _kept(output), "")


def _kept(output: IO[bytes]) -> str:
    output.seek(0)
    text = output.read().decode("utf-8", "replace")
    if len(text) <= _SAID:
        return text
    half = (_SAID - len(_GAP)) // 2
    return text[:half] + _GAP + text[-(_SAID - len(_GAP) - half) :]
