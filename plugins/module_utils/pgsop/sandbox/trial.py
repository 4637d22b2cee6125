# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths that a cluster's owner can access: on the host, in the running server's sandbox, and in a declared one."""

from __future__ import annotations

import base64
import inspect
import json
import os
import pwd
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .. import command
from ..debian import PYTHON
from ..identity import effective_user
from . import reach as reach_module
from .reach import reach

#: A line ``NAME=VALUE`` of section [Service].
Assignment = tuple[str, str]
#: What was found of each path, in the order of the paths; see :func:`reach`.
Reached = list[dict[str, Any]]

#: Runs a program with one argument, both in base64: in a unit, $ and % have a meaning, and base64 has neither.
_START = "import base64, sys; code, sys.argv[1] = map(base64.b64decode, sys.argv[1:]); exec(code)"
_UNKNOWN = re.compile(r"Unknown assignment: (\w+)=")
#: Exit statuses of systemd for a sandbox that it cannot set up (systemd.exec(5), "Process exit codes"), less those that
#: are about the program and its user, which differ from the server's.
_SETUP_FAILED = frozenset(range(200, 244)) - {203, 216, 217}


@dataclass(frozen=True)
class Trial:
    """Result of a transient unit in a sandbox.

    Attributes:
        reached: access to each path; None if the unit could not be run, which does not concern the server.
        setup_status: exit status of systemd if it cannot set up the sandbox, else 0.
    """

    reached: Reached | None = None
    setup_status: int = 0


def on_host(paths: Sequence[str], owner: str) -> Reached:
    """Return the owner's access to each path outside of any sandbox.

    Args:
        paths: absolute ones.
        owner: user of the cluster.
    """
    return _in_child(paths, owner, None) or []


def in_running_server(paths: Sequence[str], owner: str, postmaster: int | None) -> Reached | None:
    """Return the owner's access to each path inside the sandbox of the running server.

    Args:
        paths: absolute ones.
        owner: user of the cluster.
        postmaster: its process ID.

    Returns:
        None if this process may not enter the server's mount namespace.
    """
    try:
        # Also where root lacks CAP_SYS_PTRACE, the owner may enter the folder of its own process.
        with effective_user(owner):
            root = os.open(f"/proc/{postmaster}/root", os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        return None
    try:
        return _in_child(paths, owner, root)
    finally:
        os.close(root)


def in_trial(paths: Sequence[str], owner: str, assignments: Sequence[Assignment]) -> Trial:
    """Return the owner's access to each path in a transient unit, which takes about 0.1 s.

    Lines that this systemd does not accept for a transient unit are left out.

    Args:
        paths: absolute ones.
        owner: user of the unit.
        assignments: lines of section [Service].
    """
    unit = f"pgsop-trial-{os.getpid()}.service"
    program = base64.b64encode(inspect.getsource(reach_module).encode()).decode()
    given = base64.b64encode(json.dumps(list(paths)).encode()).decode()
    with tempfile.TemporaryDirectory() as folder:
        output = os.path.join(folder, "reached")
        own = [("Type", "oneshot"), ("User", owner), ("StandardOutput", f"file:{output}"), ("StandardError", "journal")]
        lines = [f"--property={name}={value}" for name, value in [*assignments, *own]]
        arguments = ["systemd-run", "--quiet", f"--unit={unit}", "--description=Trial of a sandbox", *lines]
        answer = command.run([*arguments, "--", PYTHON, "-I", "-c", _START, program, given])
        unknown = _UNKNOWN.search(answer.errors)
        if unknown:
            rest = [each for each in assignments if each[0] != unknown.group(1)]
            return in_trial(paths, owner, rest) if len(rest) < len(assignments) else Trial()
        if answer.status == 0:
            with open(output, encoding="utf-8") as handle:
                return Trial(json.load(handle))
    return Trial(setup_status=_setup_status(unit))


def _setup_status(unit: str) -> int:
    shown = command.run(["systemctl", "show", "--property=ExecMainCode,ExecMainStatus", unit]).output
    command.run(["systemctl", "reset-failed", unit])
    found = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    status = int(found.get("ExecMainStatus") or 0)
    # Code 1 is an exit (CLD_EXITED), others are signals.
    return status if found.get("ExecMainCode") == "1" and status in _SETUP_FAILED else 0


def _in_child(paths: Sequence[str], owner: str, root: int | None) -> Reached | None:
    """Return the access that a child process finds as the owner, below another root folder if one is given."""
    account = pwd.getpwnam(owner) if os.geteuid() == 0 else None
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if account is not None:
                # Before the other root: there the file of groups may be hidden.
                os.initgroups(owner, account.pw_gid)
            if root is not None:
                os.fchdir(root)
                os.chroot(".")
            if account is not None:
                os.setgid(account.pw_gid)
                os.setuid(account.pw_uid)
            with os.fdopen(writer, "w", encoding="utf-8") as handle:
                json.dump(reach(paths), handle)
        finally:
            # Not sys.exit: the child shares the parent's buffers and exit handlers.
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as handle:
        text = handle.read()
    os.waitpid(child, 0)
    result: Reached | None = json.loads(text) if text else None
    return result
