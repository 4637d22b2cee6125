# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pg_ident.conf: user name maps that rules of pg_hba.conf use by name.

Syntax: the server's manual, chapter "User Name Maps".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..connection import Session
from ..errors import PgsopError
from ..files import FileMode, FileState
from ..hba_rules.rule import HbaRule

_KEYS = ("map", "system_user", "role")
_COLUMNS = (16, 24)
#: Without quotes, what begins with @ is a file with names. The server also takes the word all for every role, from version 16 on.
_PLAIN = re.compile(r"(?!@|all$)[A-Za-z0-9_.@$-]+")
#: Major version since which the server shows how it reads the file.
_SHOWN_SINCE = 15
_SHOWN = "SELECT map_name, sys_name, pg_username, error, line_number FROM pg_catalog.pg_ident_file_mappings"

Maps = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class IdentFile:
    """The file as it is and as declared.

    Attributes:
        before: as it is.
        text: as declared.
        mode: its owner, group and permission bits as declared.
        kept: the reason why it is not written; empty if it is managed.
    """

    before: FileState
    text: str
    mode: FileMode
    kept: str = ""

    @property
    def writes(self) -> bool:
        """Return whether the file is written; without maps, a file with only comments needs no change."""
        if self.kept:
            return False
        if self.before.text is None:
            return True
        # Owner and mode of a file that exists are set with those of the other files.
        return bool(effective(self.before.text)) if not effective(self.text) else self.before.text != self.text

    @property
    def reported(self) -> list[str]:
        """Return the lines of a file that is left as it is; the file itself if it has no lines."""
        if not self.kept:
            return []
        lines = effective(self.before.text or "")
        found = [f"{self.before.path} line {number}: {line} ({self.kept})" for number, line in lines]
        return found or [f"{self.before.path}: no lines ({self.kept})"]

    def diff(self, mark: str) -> dict[str, str]:
        """Return before and after of the file.

        Args:
            mark: is added to the header, such as for a plan without a server.
        """
        mode = f"# {self.mode.owner}:{self.mode.group} {self.mode.mode:04o}\n"
        header = self.before.path + mark
        before = self.before.describe_mode() + (self.before.text or "")
        return {"before_header": header, "after_header": header, "before": before, "after": mode + self.text}


def problems(maps: Maps) -> list[str]:
    """Return the faults of declared maps, as sentences; empty for no fault."""
    if not isinstance(maps, (list, tuple)):
        return [f"ident maps {maps!r} are not a list"]
    return [f"ident map {number}: {wrong}" for number, entry in enumerate(maps, start=1) for wrong in _problems(entry)]


def _problems(entry: Any) -> Iterator[str]:
    if not isinstance(entry, Mapping):
        yield f"{entry!r} is not a mapping with {', '.join(_KEYS)}"
        return
    for key in _KEYS:
        value = entry.get(key)
        if not isinstance(value, str) or not value or any(character in value for character in '"\n\r\0'):
            yield f"{key} {value!r} is not a name that the file can hold"
    if str(entry.get("role")).startswith("/"):
        yield f"role {entry['role']!r} is a regular expression from version 16 on, in quotes too; name the role"
    unknown = sorted(map(str, set(entry) - set(_KEYS)))
    if unknown:
        yield f"unknown key {', '.join(unknown)}; a map has {', '.join(_KEYS)}"


def undeclared(rules: Sequence[HbaRule], maps: Maps) -> list[str]:
    """Return the maps that rules use and that are not declared, sorted."""
    used = {value for rule in rules for name, value in rule.options if name == "map"}
    return sorted(used - {str(entry["map"]) for entry in maps})


def render(maps: Maps, name: str) -> str:
    """Return the whole file.

    Args:
        maps: declared ones, each with map, system_user and role.
        name: the caller, for the header.
    """
    head = f"# Managed by Ansible, aerovista.postgresql, for {' '.join(name.split())}: changes made here are overwritten.\n"
    titles = "".join(
        f"{title} ".ljust(width) for title, width in zip(("# MAPNAME", "SYSTEM-USERNAME"), _COLUMNS, strict=False)
    )
    lines = [head, f"{titles}PG-USERNAME\n"]
    for entry in maps:
        cells = [_quoted(str(entry[key])) for key in _KEYS]
        lines.append(
            "".join(f"{cell} ".ljust(width) for cell, width in zip(cells, _COLUMNS, strict=False)) + cells[-1] + "\n"
        )
    return "".join(lines)


def effective(text: str) -> list[tuple[int, str]]:
    """Return the lines that are not comments, each with its number, blanks collapsed."""
    numbered = enumerate(text.splitlines(), start=1)
    return [(number, " ".join(line.split())) for number, line in numbered if line.split("#")[0].strip()]


def make_file(before: FileState, mode: FileMode, rules: Sequence[HbaRule], maps: Maps, name: str) -> IdentFile:
    """Return the change of the file; it is left as it is if a rule uses a map that is not declared.

    Args:
        before: the file as it is.
        mode: owner, group and bits that it must have.
        rules: of pg_hba.conf, which use maps by name.
        maps: as declared.
        name: the caller, for the header.
    """
    missing = undeclared(rules, maps)
    kept = f"left as it is: a rule uses map {', '.join(missing)}, which is not declared" if missing else ""
    return IdentFile(before, render(maps, name), mode, kept)


def refuse_misread(found: IdentFile | None, maps: Maps, version: int, session: Session) -> None:
    """Have the server (15 and newer) read the file, and compare.

    Args:
        found: the change; None or a file that is not written is not checked.
        maps: declared ones.
        version: major version of the server.
        session: after the file was written.

    Raises:
        PgsopError: the server finds an error, or reads other maps than declared.
    """
    if found is None or not found.writes or version < _SHOWN_SINCE:
        return
    rows = session.rows(_SHOWN)
    broken = [f"line {row['line_number']}: {row['error']}" for row in rows if row["error"]]
    read = sorted((row["map_name"], row["sys_name"], row["pg_username"]) for row in rows if not row["error"])
    if not broken and read != sorted(tuple(str(entry[key]) for key in _KEYS) for entry in maps):
        broken = ["the server reads other maps from it than were declared"]
    if broken:
        raise PgsopError(
            attempted="activate the user name maps",
            target=found.before.path,
            answer="the server refuses " + "; ".join(broken),
            next_step="correct the map",
        )


def _quoted(name: str) -> str:
    return name if _PLAIN.fullmatch(name) else f'"{name}"'
