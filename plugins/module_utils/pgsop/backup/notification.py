# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command of the site that reports failures: run for one, run for a test, and how that ended."""

from __future__ import annotations

import contextlib
import hashlib
import time
from typing import Any

from ..errors import PgsopError
from ..executable import program_problem
from . import names, state
from .config import BackupConfig, program_of
from .hooks import run_command
from .progress import Progress

#: The variable of role pg_backup.
VARIABLE = "pg_backup_failure_command"
#: What a test hands to the command as the error.
TEST_MESSAGE = "This is a test of pg_backup_failure_command. No backup was made, and none has failed."
#: How to try it, as a next step.
TEST_COMMAND = "sudo pgsop backup --test-notification"

#: Name of the note in the folder of state.
_NOTE = "notification"
#: Seconds that the command may take.
_TIMEOUT_S = 300.0
#: Characters of an error that the command gets, and lines of its own output that are kept.
_MESSAGE, _LINES = 8000, 5


def report_failure(config: BackupConfig, act: str, error: BaseException, progress: Progress) -> None:
    """Run the failure command. If the command fails too, that is kept and shown, and no error is raised for it.

    Args:
        config: without a failure command, the call does nothing.
        act: the act that failed, backup or drill.
        error: its error.
        progress: shows that the command failed.
    """
    if not config.failure_command:
        return
    note = _send(config, act, str(error) or type(error).__name__)
    try:
        state.keep(config, _NOTE, note)
    except PgsopError as unwritten:
        # Where this cannot be kept, the end of the act cannot be kept either, and that is reported.
        progress.warn(str(unwritten))
    if not note["ok"]:
        progress.warn(str(_failed(config, note)))


def send_test(config: BackupConfig) -> dict[str, Any]:
    """Run the failure command as for a failed backup, with a message that names the test.

    Returns:
        The note: started and finished (ISO 8601 in UTC), seconds, output (text).

    Raises:
        PgsopError: no command is declared, it failed, or its end cannot be kept.
    """
    if not config.failure_command:
        raise PgsopError(
            attempted="test the notification",
            target=VARIABLE,
            answer="no command is declared, so a failed backup is reported in the system's log and by health only",
            next_step=f"declare {VARIABLE}, run role pg_backup, then run it again",
        )
    note = _send(config, "backup", TEST_MESSAGE)
    note["test"] = True
    state.keep(config, _NOTE, note)
    if not note["ok"]:
        raise _failed(config, note)
    return note


def last(config: BackupConfig) -> dict[str, Any] | None:
    """Return how the declared command ended when it last ran.

    The result is None if it did not run as it is declared now, or if its note cannot be read.
    """
    note = None
    with contextlib.suppress(PgsopError):
        note = state.last(config, _NOTE)
    if note is None or note.get("command") != _digest(config) or not config.failure_command:
        return None
    # No more than that it is the same command: its arguments may hold a secret.
    return {key: value for key, value in note.items() if key != "command"}


def _send(config: BackupConfig, act: str, message: str) -> dict[str, Any]:
    # A variable can hold neither everything nor NUL.
    variables = {
        "PGSOP_ACT": act,
        "PGSOP_ERROR": message.replace("\0", " ")[:_MESSAGE],
        "PGSOP_DIRECTORY": config.directory,
    }
    started, error, output = time.time(), "", ""
    try:
        answer = run_command(config.failure_command, variables, _TIMEOUT_S)
    except OSError as failure:
        error = failure.strerror or str(failure)
    else:
        output = "\n".join(answer.output.strip().splitlines()[:_LINES])
        if answer.status:
            why = answer.errors or program_problem(program_of(config.failure_command))
            error = "; ".join(filter(None, [why or f"it ended with status {answer.status}", " ".join(output.split())]))
    return {
        "act": act,
        "started": names.iso(started),
        "finished": names.iso(time.time()),
        "seconds": round(time.time() - started, 3),
        "ok": not error,
        "error": error,
        "next_step": f"correct the command, then run '{TEST_COMMAND}'" if error else "",
        "output": output,
        "test": False,
        "command": _digest(config),
    }


def _failed(config: BackupConfig, note: dict[str, Any]) -> PgsopError:
    return PgsopError(
        attempted="report a failure" if not note["test"] else "test the notification",
        target=f"{VARIABLE}, program {program_of(config.failure_command)}",
        answer=note["error"],
        next_step=note["next_step"],
    )


def _digest(config: BackupConfig) -> str:
    return hashlib.sha256(config.failure_command.encode("utf-8", "surrogateescape")).hexdigest()
