# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the running server says about its settings and the files it reads them from."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

from ..cluster import Cluster
from ..connection import Session
from ..errors import PgsopError
from . import dropin
from .values import Parameter

_PARAMETERS = """
SELECT name, setting, unit, vartype, context, min_val, max_val, enumvals, boot_val, source, sourcefile, sourceline,
       pending_restart, pg_catalog.current_setting(name) AS shown
  FROM pg_catalog.pg_settings
 WHERE lower(name) = ANY (%s)
"""
_FILE_ENTRIES = """
SELECT sourcefile, sourceline, name, setting, applied, error
  FROM pg_catalog.pg_file_settings
 ORDER BY seqno
"""
_INCLUDE = re.compile(r"^\s*include_dir\s*=?\s*'conf\.d/?'", re.IGNORECASE)

#: pg_file_settings says so of a value that only a restart can apply, and of one that is no good.
_NOT_APPLIED = "setting could not be applied"


@dataclass(frozen=True)
class FileEntry:
    """One line of a configuration file as the server reads it now, loaded or not."""

    sourcefile: Optional[str]
    sourceline: Optional[int]
    name: Optional[str]
    setting: Optional[str]
    applied: bool
    error: Optional[str]

    @property
    def place(self) -> str:
        """File and line for a person."""
        return f"{self.sourcefile} line {self.sourceline}"


def read_parameters(session: Session, names: Sequence[str]) -> Dict[str, Parameter]:
    """The pg_settings rows of these settings, by name in lower case."""
    rows = session.rows(_PARAMETERS, [[name.lower() for name in names]])
    return {row["name"].lower(): Parameter.from_row(row) for row in rows}


def read_file_entries(session: Session) -> List[FileEntry]:
    """Every entry of the configuration files on disk, in reading order."""
    return [FileEntry(**row) for row in session.rows(_FILE_ENTRIES)]


def pending_restart(session: Session) -> List[str]:
    """Settings of the whole server that wait for a restart."""
    rows = session.rows("SELECT name FROM pg_catalog.pg_settings WHERE pending_restart ORDER BY name")
    return [row["name"] for row in rows]


def broken_entries(session: Session, entries: Sequence[FileEntry]) -> List[FileEntry]:
    """Entries that would make the server refuse its configuration.

    A changed value of a postmaster setting is reported by the server in the same words as a bad one; it is
    told apart by its context. A postmaster setting that left the files is reported with no place at all.
    """
    suspects = [entry for entry in entries if entry.error is not None and entry.sourcefile is not None]
    parameters = read_parameters(session, [entry.name for entry in suspects if entry.name])
    broken = []
    for entry in suspects:
        parameter = parameters.get((entry.name or "").lower())
        if entry.error == _NOT_APPLIED and parameter is not None and parameter.context == "postmaster":
            continue
        broken.append(entry)
    return broken


def later_entries(cluster: Cluster, entries: Sequence[FileEntry], path: str, names: Sequence[str]) -> List[FileEntry]:
    """Entries for these settings that the server reads after our drop-in, so that they win over it.

    Raises:
        PgsopError: where postgresql.conf does not include the folder of drop-ins.
    """
    include_line = _include_line(cluster)
    wanted = {name.lower() for name in names}

    def order(source: str, line: int) -> Tuple[int, str, int]:
        return dropin.position(source, line, include_line, cluster.config_directory)

    mine = order(path, 1 << 30)
    return [
        entry
        for entry in entries
        if entry.name
        and entry.name.lower() in wanted
        and entry.sourcefile
        and entry.sourcefile != path
        and order(entry.sourcefile, entry.sourceline or 0) > mine
    ]


def _include_line(cluster: Cluster) -> int:
    main_file = os.path.join(cluster.config_directory, "postgresql.conf")
    with open(main_file, encoding="utf-8", errors="replace") as handle:
        for number, line in enumerate(handle, start=1):
            if _INCLUDE.match(line):
                return number
    raise PgsopError(
        attempted="place a drop-in where the server reads it",
        target=main_file,
        answer="it has no line include_dir = 'conf.d'",
        next_step="add that line, as Debian's and Ubuntu's packages do, and run again",
    )
