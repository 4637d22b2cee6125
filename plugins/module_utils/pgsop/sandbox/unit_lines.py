# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Section [Service] of a unit with a drop-in that is not written yet.

The lines are the unit's own and those of other drop-ins, in the order of systemd.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence

from .. import command
from .trial import Assignment

#: Directives about the life of the server's processes, which a transient unit has its own of.
_LIFE = ("Type", "PIDFile", "BusName", "GuessMainPID", "RemainAfterExit", "NotifyAccess", "SuccessExitStatus", "User")
_LIFE_BEGINS = ("Exec", "Restart", "Timeout", "Kill", "SendSIG", "Watchdog", "Standard", "Syslog")
_NO_LIFE = ("ExecPaths", "ExecSearchPath")
#: Folders that systemd creates for a unit, gives to its user and, the first one, removes when it stops: the trial must not touch
#: those of the server. All but the last one can be written to in the sandbox.
_MANAGED_FOLDERS: Mapping[str, str] = {
    "RuntimeDirectory": "/run",
    "StateDirectory": "/var/lib",
    "CacheDirectory": "/var/cache",
    "LogsDirectory": "/var/log",
    "ConfigurationDirectory": "",
}
#: Folders of system services by specifier (systemd.unit(5), "Specifiers").
_FOLDERS: Mapping[str, str] = {
    "t": "/run",
    "S": "/var/lib",
    "C": "/var/cache",
    "L": "/var/log",
    "E": "/etc",
    "h": "/root",
}
_SPECIFIER = re.compile("%(.)")


def unit_lines(unit: str, path: str, text: str | None) -> list[Assignment]:
    """Return the lines of a unit that make up its sandbox, in the order in which systemd applies them.

    Args:
        unit: its name.
        path: of the drop-in.
        text: of the drop-in as declared; None if it will not exist.
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
    specifiers = _specifiers(unit)
    result: list[Assignment] = []
    for name, value in (line for each in texts for line in _service_lines(each)):
        filled = _SPECIFIER.sub(lambda sign: specifiers.get(sign.group(1), sign.group()), value)
        result += [(name, filled)] if name not in _MANAGED_FOLDERS else _opened(_MANAGED_FOLDERS[name], filled)
    return result


def _specifiers(unit: str) -> Mapping[str, str]:
    """Return the value of each specifier; a transient unit has another name, and its properties are not expanded."""
    name = unit.rpartition(".")[0]
    prefix, _at, instance = name.partition("@")
    path = instance.replace("-", "/")
    return {**_FOLDERS, "%": "%", "n": unit, "N": name, "p": prefix, "i": instance, "I": path}


def _opened(top: str, value: str) -> list[Assignment]:
    """Return a line that opens the folders of a directive without creating them; an empty line would close others."""
    folders = [f"-{os.path.join(top, word.split(':')[0])}" for word in value.split()] if top else []
    return [("ReadWritePaths", " ".join(folders))] if folders else []


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


def names_of(lines: Sequence[Assignment]) -> list[str]:
    """Return the names of the directives, each once, in order."""
    return list(dict.fromkeys(name for name, _value in lines))


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as handle:
            return handle.read()
    except OSError:
        return ""
