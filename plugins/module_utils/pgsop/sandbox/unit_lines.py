# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What section [Service] of a unit holds with a drop-in that is not written yet: its own lines and those of other drop-ins."""

from __future__ import annotations

import os
from typing import Iterator, List, Optional, Sequence

from .. import command
from .trial import Assignment

#: Directives about the life of the server's processes, which a transient unit has its own of.
_LIFE = ("Type", "PIDFile", "BusName", "GuessMainPID", "RemainAfterExit", "NotifyAccess", "SuccessExitStatus", "User")
_LIFE_BEGINS = ("Exec", "Restart", "Timeout", "Kill", "SendSIG", "Watchdog", "Standard", "Syslog")
_NO_LIFE = ("ExecPaths", "ExecSearchPath")


def unit_lines(unit: str, path: str, text: Optional[str]) -> List[Assignment]:
    """Lines of a unit that make up its sandbox, in the order in which systemd applies them.

    Args:
        unit: the unit.
        path: the drop-in.
        text: its text to be, None if there will be no such drop-in.
    """
    names = ("FragmentPath", "DropInPaths")
    answer = command.run(["systemctl", "show", f"--property={','.join(names)}", unit])
    shown = dict(line.split("=", 1) for line in answer.output.splitlines() if "=" in line)
    others = [each for each in shown.get("DropInPaths", "").split() if each != path]
    # systemd sorts drop-ins by their names, whatever their folders.
    after = [each for each in others if os.path.basename(each) > os.path.basename(path)]
    before = [each for each in others if each not in after]
    texts = [_read(each) for each in [shown.get("FragmentPath", ""), *before]]
    texts += [text or "", *(_read(each) for each in after)]
    return [line for each in texts for line in _service_lines(each)]


def _service_lines(text: str) -> Iterator[Assignment]:
    section = ""
    for line in text.replace("\\\n", " ").splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            section = stripped
        name, equals, value = stripped.partition("=")
        if section == "[Service]" and equals and stripped[0] not in "#;" and not _is_life(name.strip()):
            yield name.strip(), value.strip()


def _is_life(name: str) -> bool:
    return name in _LIFE or (name.startswith(_LIFE_BEGINS) and name not in _NO_LIFE)


def names_of(lines: Sequence[Assignment]) -> List[str]:
    """The directives, each once, in their order."""
    return list(dict.fromkeys(name for name, _value in lines))


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            return handle.read()
    except OSError:
        return ""
