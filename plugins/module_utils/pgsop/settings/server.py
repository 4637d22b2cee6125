# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the running server, and the entries of its configuration files."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..cluster import CONFIG_FOLDER, Cluster
from ..connection import Session
from ..errors import PgsopError
from ..files import changed_at
from .values import Parameter, canonical

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
_INCLUDE = re.compile(r"\s*include(?:_dir|_if_exists)?\s*=?\s*'([^']+)'", re.IGNORECASE)

#: Error in pg_file_settings of a value that only a restart can apply, and of an invalid one.
_NOT_APPLIED = "setting could not be applied"


@dataclass(frozen=True)
class FileEntry:
    """One row of pg_file_settings: a line of a configuration file as the server reads it now, loaded or not."""

    sourcefile: str | None
    sourceline: int | None
    name: str | None
    setting: str | None
    applied: bool
    error: str | None

    @property
    def place(self) -> str:
        """Return file and line for a message."""
        return f"{self.sourcefile} line {self.sourceline}"

    @property
    def complaint(self) -> str:
        """Return the error of the entry, with its place."""
        return f"{self.place}: {f'{self.name} = {self.setting}: ' if self.name else ''}{self.error}"


@dataclass(frozen=True)
class Files:
    """The configuration files on disk, entry by entry in reading order, and when the server last loaded them.

    Attributes:
        entries: in reading order.
        loaded_at: seconds since the epoch.
    """

    entries: tuple[FileEntry, ...]
    loaded_at: float

    def last(self, name: str) -> FileEntry | None:
        """Return the entry that decides about a setting, the last one; None if no file sets it."""
        found = [
            item for item in self.entries if (item.name or "").lower() == name.lower() and item.setting is not None
        ]
        return found[-1] if found else None

    def without(self, path: str) -> Files:
        """Return the same without the entries of one file."""
        return Files(tuple(entry for entry in self.entries if entry.sourcefile != path), self.loaded_at)

    def is_loaded(self, entry: FileEntry) -> bool:
        """Return whether the server loaded the entry's file after its last change (ctime)."""
        return entry.sourcefile is not None and changed_at(entry.sourcefile) <= self.loaded_at


def read_parameters(session: Session, names: Sequence[str]) -> dict[str, Parameter]:
    """Return the pg_settings rows of these settings, by name in lower case; names without a row are left out."""
    rows = session.rows(_PARAMETERS, [[name.lower() for name in names]])
    return {row["name"].lower(): Parameter.from_row(row) for row in rows}


def read_files(session: Session) -> Files:
    """Return the configuration files as the server reads them now, and the time of its last load."""
    loaded_at = session.value("SELECT extract(epoch FROM pg_conf_load_time())")
    return Files(tuple(FileEntry(**row) for row in session.rows(_FILE_ENTRIES)), float(loaded_at))


def pending_restart(session: Session) -> list[str]:
    """Return the settings of the whole server that wait for a restart, sorted."""
    rows = session.rows("SELECT name FROM pg_catalog.pg_settings WHERE pending_restart ORDER BY name")
    return [row["name"] for row in rows]


def broken_entries(session: Session, entries: Sequence[FileEntry]) -> list[FileEntry]:
    """Return the entries for which the server would refuse its configuration.

    The server reports a changed value of a postmaster setting in the same words as a bad one; its context and its
    value show the difference. A postmaster setting that left the files is reported without any place.

    Args:
        session: of the server, for types and contexts.
        entries: of the files, as :func:`read_files` returns them.
    """
    suspects = [entry for entry in entries if entry.error is not None and entry.sourcefile is not None]
    parameters = read_parameters(session, [entry.name for entry in suspects if entry.name])
    return [entry for entry in suspects if not _only_waits(entry, parameters.get((entry.name or "").lower()))]


def _only_waits(entry: FileEntry, parameter: Parameter | None) -> bool:
    if entry.error != _NOT_APPLIED or parameter is None or parameter.context != "postmaster":
        return False
    try:
        canonical(parameter, entry.setting or "")
    except ValueError:
        return False
    return True


def later_entries(cluster: Cluster, files: Files, path: str, names: Sequence[str]) -> list[FileEntry]:
    """Return the entries for these settings that the server reads after our drop-in, so that they win over it.

    Args:
        cluster: the cluster.
        files: its configuration files.
        path: our drop-in, which need not exist yet.
        names: the managed settings.

    Raises:
        PgsopError: postgresql.conf does not include the folder of drop-ins.
    """
    order = _ReadingOrder(cluster)
    mine = [index for index, entry in enumerate(files.entries) if entry.sourcefile == path]
    behind = files.entries[mine[-1] + 1 :] if mine else [item for item in files.entries if order.is_after(item, path)]
    wanted = {name.lower() for name in names}
    return [entry for entry in behind if (entry.name or "").lower() in wanted]


class _ReadingOrder:
    """Order in which the server reads postgresql.conf and the files that it includes.

    postgresql.conf is read up to the folder of drop-ins, then the drop-ins in the order of their names, then the
    rest of postgresql.conf, then postgresql.auto.conf.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.main_file = os.path.join(cluster.config_directory, "postgresql.conf")
        self.folder = os.path.join(cluster.config_directory, CONFIG_FOLDER)
        self.includes: dict[str, int] = {}
        with open(self.main_file, encoding="utf-8", errors="replace") as handle:
            for number, line in enumerate(handle, start=1):
                match = _INCLUDE.match(line)
                if match:
                    self.includes[os.path.normpath(os.path.join(cluster.config_directory, match.group(1)))] = number
        if self.folder not in self.includes:
            raise PgsopError(
                attempted="place a drop-in where the server reads it",
                target=self.main_file,
                answer="it has no line include_dir = 'conf.d'",
                next_step="add that line, as Debian's and Ubuntu's packages do, and run again",
            )

    def is_after(self, entry: FileEntry, path: str) -> bool:
        """Return whether the server would read the entry after a drop-in that does not exist yet."""
        source = entry.sourcefile or ""
        if os.path.dirname(source) == self.folder:
            return source > path
        if source == self.main_file:
            return (entry.sourceline or 0) > self.includes[self.folder]
        if source.endswith("/postgresql.auto.conf"):
            return True
        included_at = self.includes.get(source, self.includes.get(os.path.dirname(source), 0))
        return included_at > self.includes[self.folder]
