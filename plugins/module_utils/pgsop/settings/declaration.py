# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The declaration of a caller, and the checks of it that need no server."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..cluster import CONFIG_FOLDER, config_directory
from ..errors import PgsopError
from ..files import CALLER
from . import dropin
from .values import Value, written

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*(\.[A-Za-z_][A-Za-z0-9_$]*)*")

#: Two digits: a file 100-x.conf would be read before 50-x.conf.
MAX_PRIORITY = 99

#: By these postgresql-common, and so this engine, finds a cluster.
_PLACES = ("data_directory", "config_file", "hba_file", "ident_file", "external_pid_file")


@dataclass(frozen=True)
class SettingsRequest:
    """Declaration of a caller.

    Attributes:
        version: major version of the cluster.
        cluster: its name.
        name: caller, part of the drop-in's file name.
        priority: two digits in front of the file name; the server reads the files in this order.
        settings: every setting the caller owns; a setting that is missing here is removed from the file.
        reasons: setting -> a sentence, written above it.
        restart_allowed: whether the server may be restarted if a setting needs it.
        refuse_auto_conf: fail on, instead of resetting, a managed setting in postgresql.auto.conf.
        start: whether a stopped server with files that differ is started with the settings.
    """

    version: int
    cluster: str
    name: str
    priority: int
    settings: Mapping[str, Value]
    reasons: Mapping[str, Any]
    restart_allowed: bool = True
    refuse_auto_conf: bool = False
    start: bool = False

    @property
    def path(self) -> str:
        """Return the path of the caller's drop-in."""
        folder = os.path.join(config_directory(self.version, self.cluster), CONFIG_FOLDER)
        return os.path.join(folder, dropin.file_name(self.name, self.priority))

    @property
    def text(self) -> str:
        """Return the text of the drop-in as declared."""
        return dropin.render(self.name, {name: written(value) for name, value in self.settings.items()}, self.reasons)


def refuse_bad_declaration(request: SettingsRequest) -> None:
    """Refuse what no server accepts: names and values, the caller's name, the priority.

    Raises:
        PgsopError: the declaration is wrong; the answer names every fault.
    """
    found = list(_problems(request))
    if found:
        raise PgsopError(
            attempted="declare server settings",
            target=request.path,
            answer="; ".join(found),
            next_step="correct the declaration; nothing was changed",
        )


def _problems(request: SettingsRequest) -> Iterator[str]:
    if not CALLER.fullmatch(request.name):
        yield f"the name {request.name!r} becomes part of a file name, so it must be of letters, digits, - and _"
    if not 0 <= request.priority <= MAX_PRIORITY:
        yield f"the priority {request.priority} must be from 0 to {MAX_PRIORITY}"
    spellings = Counter(str(name).lower() for name in request.settings)
    for name, count in spellings.items():
        if count > 1:
            yield f"{name} is declared {count} times, in different spellings of the same name"
    for name, value in request.settings.items():
        problem = _problem(str(name), value)
        if problem:
            yield f"{name!s}: {problem}"


def _problem(name: str, value: Any) -> str:
    if not _NAME.fullmatch(name):
        return "this is no name of a setting"
    if name.lower() in _PLACES:
        return "postgresql-common finds the cluster by it, so it stays as the cluster was made"
    if not isinstance(value, (bool, int, float, str)):
        return f"a value is text, a number or a boolean, not {type(value).__name__}"
    if any(character in written(value) for character in "\n\r\0"):
        return "a value is one line"
    return ""
