# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an act was last tried and how it ended: noted before it begins, so that even a killed one is known."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from typing import Any

from ..errors import PgsopError
from ..files import FileMode, group_name, sweep_temporary, user_name, write_atomically
from ..json_text import to_json
from . import names
from .config import BackupConfig

#: Seconds in which the lock may be held by a process that only checks whether it is free.
_PATIENCE_S = 1.0


@contextlib.contextmanager
def record_run(config: BackupConfig, act: str) -> Iterator[dict[str, Any]]:
    """Record that an act runs, and how it ended. Yield the note, to which the block may add.

    Args:
        config: with the folder of the notes.
        act: backup or drill.

    Raises:
        PgsopError: the same act runs already, or the note cannot be written.
    """
    with _alone(config, act):
        now = names.iso(time.time())
        note: dict[str, Any] = {"act": act, "pid": os.getpid(), "started": now, "finished": None, "ok": None}
        note["since"] = _since(config, act, now)
        sweep_temporary(config.state_directory)
        _write(config, act, note)
        try:
            yield note
        except BaseException as error:
            note.update(finished=names.iso(time.time()), ok=False, **_as_note(error))
            # The first failure is the one to report; if this one cannot be noted, it is still known that no end was noted.
            with contextlib.suppress(PgsopError):
                _write(config, act, note)
            raise
        note.update(finished=names.iso(time.time()), ok=True)
        _write(config, act, note)


def keep(config: BackupConfig, act: str, note: dict[str, Any]) -> None:
    """Write the note of an act that may run at any time and more than once.

    Args:
        config: with the folder of the notes.
        act: its name.
        note: started and finished (ISO 8601 in UTC), ok, and anything else.

    Raises:
        PgsopError: the note cannot be written.
    """
    _write(config, act, note)


def last(config: BackupConfig, act: str) -> dict[str, Any] | None:
    """Return the note of the last run of an act; None if it has not run.

    Returns:
        act, started, finished (None while it runs), ok, running, and with `ok` false error and next_step. A run that was killed
        has `ok` false too.

    Raises:
        PgsopError: the note cannot be read.
    """
    note = _read(config, act)
    if note is None:
        return None
    note["running"] = note["finished"] is None and _runs(config, act)
    if note["finished"] is None and not note["running"]:
        # It may have ended between the two reads.
        note = {**(_read(config, act) or note), "running": False}
    if note["finished"] is None and not note["running"]:
        note.update(ok=False, error="it ended without a word: killed, or the host went down", next_step="")
    return note


def _read(config: BackupConfig, act: str) -> dict[str, Any] | None:
    path = _path(config, act)
    try:
        with open(path, encoding="utf-8") as handle:
            note = json.load(handle)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _unreadable(act, path, getattr(error, "strerror", None) or str(error)) from error
    if not isinstance(note, dict) or not {"started", "finished", "ok"} <= set(note):
        raise _unreadable(act, path, "it is no note of a run")
    return note


def _unreadable(act: str, path: str, answer: str) -> PgsopError:
    return PgsopError(
        attempted=f"read how the last {act} ended",
        target=path,
        answer=answer,
        next_step="run pgsop as root or as the cluster's owner; the next run writes it anew",
    )


def _since(config: BackupConfig, act: str, now: str) -> str:
    """Return since when the act is run on this host."""
    with contextlib.suppress(PgsopError):
        return str((_read(config, act) or {}).get("since", now))
    return now


def _as_note(error: BaseException) -> dict[str, str]:
    if isinstance(error, PgsopError):
        return {"error": error.problem, "next_step": error.next_step}
    return {"error": str(error) or type(error).__name__, "next_step": ""}


@contextlib.contextmanager
def _alone(config: BackupConfig, act: str) -> Iterator[None]:
    path = _path(config, act, "lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise PgsopError(
            attempted=f"begin a {act}",
            target=path,
            answer=error.strerror or str(error),
            next_step="run role pg_backup, which makes the folder and gives it to the cluster's owner",
        ) from error
    try:
        _take(descriptor, act, path)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, act: str, path: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() > deadline:
                raise PgsopError(
                    attempted=f"begin a {act}",
                    target=path,
                    answer=f"another {act} runs at the moment",
                    next_step="wait until it has ended; 'pgsop backups' shows how",
                ) from error
        else:
            return
        time.sleep(0.05)


def _runs(config: BackupConfig, act: str) -> bool:
    try:
        descriptor = os.open(_path(config, act, "lock"), os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _write(config: BackupConfig, act: str, note: dict[str, Any]) -> None:
    mode = FileMode(user_name(os.geteuid()), group_name(os.getegid()), 0o640)
    write_atomically(_path(config, act), to_json(note, indent=1) + "\n", mode)


def _path(config: BackupConfig, act: str, kind: str = "json") -> str:
    return os.path.join(config.state_directory, f"{act}.{kind}")
