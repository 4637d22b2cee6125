# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a program of the site can be run, without running it."""

from __future__ import annotations

import os
import pwd
import stat

from . import command

#: Bytes of a script that are read for the line with its interpreter, as the kernel does.
_FIRST_LINE = 256


def program_problem(path: str, user: str = "") -> str:
    """Return why a program cannot be run, as a sentence; empty if it can.

    Args:
        path: absolute path of the program.
        user: name of the user that will run it; default: the user of this process. Only root can check this for another user.
    """
    problem = _file_problem(path, user)
    if problem:
        return problem
    interpreter = _interpreter(path)
    if not interpreter:
        return ""
    problem = _file_problem(interpreter, user)
    return f"{path} needs {interpreter}: {problem}" if problem else ""


def _file_problem(path: str, user: str) -> str:
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return f"there is no program {path!r}"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if not stat.S_ISREG(mode):
        return f"{path} is not a file"
    if not mode & 0o111 or not _may_execute(path, user):
        return f"{path} is not executable{f' for user {user}' if user else ''}"
    return ""


def _may_execute(path: str, user: str) -> bool:
    """Whether the user may execute a file that has a bit for it."""
    if user and os.geteuid() == 0:
        try:
            account = pwd.getpwnam(user)
        except KeyError:
            # The package that creates it is not installed yet.
            return bool(os.stat(path).st_mode & 0o001)
        # A new process has all groups of the user, which an effective user id does not.
        become = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--init-groups", "--"]
        return command.run([*become, "test", "-x", path]).status == 0
    # With the effective user id of another user, the groups are still those of root: only the bits count.
    return os.getuid() != os.geteuid() or os.access(path, os.X_OK)


def _interpreter(path: str) -> str:
    """Return the interpreter in a script's first line; empty for other programs and if the file cannot be read."""
    try:
        with open(path, "rb") as handle:
            line = handle.read(_FIRST_LINE).split(b"\n", 1)[0]
    except OSError:
        return ""
    # A carriage return is a part of the name for the kernel, too.
    words = line[2:].strip(b" \t").split(b" ")[0] if line.startswith(b"#!") else b""
    return os.fsdecode(words)
