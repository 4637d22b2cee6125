# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service of systemd for tests on a host without systemd: what systemctl would say of it."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop import command
from ansible_collections.aerovista.postgresql.plugins.module_utils.pgsop.diagnose import unit

PID = 7


def service(origin: str, variables: Mapping[str, str], folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let there be a service `app` of this user.

    Args:
        origin: of its variables: Environment, EnvironmentFile, or process for those that only its running process has.
        variables: by name.
        folder: for its file.
        patch: replaces the answers of systemctl.
    """
    lines = [f"{name}={value}" for name, value in variables.items()]
    (folder / "unit.env").write_text("\n".join(lines) + "\n", encoding="utf-8")
    quoted = [re.sub(r'(["\\`$])', r"\\\1", line).replace("\n", "\\n").replace("\t", "\\t") for line in lines]
    added = {
        "Environment": "Environment=" + " ".join(f'"{line}"' for line in quoted) + "\nMainPID=0\n",
        "EnvironmentFile": f"EnvironmentFiles={folder}/unit.env (ignore_errors=no)\nMainPID=0\n",
        "process": f"MainPID={PID}\n",
    }[origin]
    user = pwd.getpwuid(os.geteuid()).pw_name
    properties = f"LoadState=loaded\nUser={user}\nFragmentPath={folder}/unit.env\n{added}"
    run = command.run

    def answer(arguments: Sequence[str], *, timeout: float = 60.0) -> command.Answer:
        if arguments[0] != "systemctl":
            return run(arguments, timeout=timeout)
        return command.Answer(0, properties if "--" in arguments else "Environment=LANG=C\n", "")

    started = {"INVOCATION_ID": "1", **variables} if origin == "process" else {}
    patch.setattr(command, "run", answer)
    patch.setattr(unit, "_process", lambda pid: started if pid == PID else {})
