# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Declaration of a sandbox: its directives, their file, and the checks that need no host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..cluster import drop_in_directory, unit_name
from ..debian import MANAGED
from ..errors import PgsopError
from ..files import CALLER

#: Value of a directive as an inventory holds it; a list becomes one line, separated by blanks.
Word: TypeAlias = "str | bool | int | float"
Directive: TypeAlias = "Word | list[Word]"

_NAME = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True)
class SandboxRequest:
    """Declaration of a caller.

    Attributes:
        name: the caller; becomes part of the name of its drop-in.
        directives: those of section [Service] in the drop-in; without any, there is no drop-in.
        cover_server: whether ReadWritePaths covers the server's own folders, too, wherever they are.
    """

    version: int
    cluster: str
    name: str
    directives: Mapping[str, Directive]
    restart_allowed: bool = True
    cover_server: bool = False

    @property
    def unit(self) -> str:
        """Return the name of the unit that is sandboxed."""
        return unit_name(self.version, self.cluster)

    @property
    def path(self) -> str:
        """Return the path of the caller's drop-in; it concerns this one cluster only."""
        return f"{drop_in_directory(self.version, self.cluster)}/50-{self.name}.conf"

    @property
    def text(self) -> str | None:
        """Return the text of the drop-in as declared; None if it must not exist."""
        if not self.directives:
            return None
        head = f"{MANAGED}{self.name}: changes made here are overwritten.\n"
        return head + "[Service]\n" + "".join(f"{key}={flat(value)}\n" for key, value in self.directives.items())


def flat(value: Directive) -> str:
    """Return the value of a directive as text on one line; booleans become yes and no."""
    words = value if isinstance(value, (list, tuple)) else [value]
    return " ".join(("yes" if word else "no") if isinstance(word, bool) else str(word) for word in words)


def refuse_bad_declaration(request: SandboxRequest) -> None:
    """Refuse a declaration that would not become one line for each directive.

    Raises:
        PgsopError: the caller's name, or a directive, cannot be written.
    """
    if not CALLER.fullmatch(request.name):
        raise PgsopError(
            attempted="sandbox the server",
            target=request.unit,
            answer=f"the name {request.name!r} becomes part of a file name, so it must be of letters, digits, - and _",
            next_step="choose another name; nothing was changed",
        )
    for name, value in request.directives.items():
        text = flat(value)
        # systemd.syntax(7): a backslash at the end of a line joins the next one to it.
        if (
            isinstance(value, Mapping)
            or not _NAME.fullmatch(str(name))
            or any(mark in text for mark in "\n\r\0")
            or text.endswith("\\")
        ):
            raise PgsopError(
                attempted="sandbox the server",
                target=request.path,
                answer=f"{name!s}={text!r} is not a name and a value on one line",
                next_step="correct the directive; nothing was changed",
            )
