# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The configuration of backups: one JSON file, accepted or rejected as a whole."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_type_hints

from ..debian import BACKUP_ROOT, OWN_CONFIG, OWN_STATE, program_directory
from ..declared import (
    OLDEST_MAJOR,
    is_text,
    is_whole,
    name_variables,
    object_problems,
    order_problems,
    query_problems,
    read,
    refuse,
)

#: Where role pg_backup writes it.
CONFIG_FILE = f"{OWN_CONFIG}/backup.json"

_ROLE = "pg_backup"

#: Method and, if the method has one, level, in the syntax of pg_dump --compress.
COMPRESSION = re.compile(r"auto|none|gzip(:[1-9])?|zstd(:([1-9]|1\d|2[0-2]))?|lz4(:([1-9]|1[0-2]))?", re.ASCII)


@dataclass(frozen=True)
class Assertion:
    """A condition that must be true in a restored database.

    Attributes:
        database: name of the database, as it was dumped.
        sql: a query that returns one row with one column, which must be true.
        name: its name in reports; the query itself if it is empty.
    """

    database: str
    sql: str
    name: str = ""


@dataclass(frozen=True)
class BackupConfig:
    """All options of backups: type, default and range of each.

    Attributes:
        version: major version of the cluster.
        cluster: name of the cluster.
        directory: folder of the sets.
        state_directory: folder with the outcome of the last runs; not on the disk of the sets, if possible.
        exclude: databases that are left out.
        format: directory (as many files as tables, dumped by several jobs) or custom (one file).
        compression: auto (zstd:1 if pg_dump has it, else gzip at GZIP_LEVEL), `none`, or METHOD[:LEVEL].
        jobs: connections that dump one database at the same time, in format directory.
        restore_jobs: the same for a restore; 0 is one for each processor.
        lock_wait_timeout_s: seconds for which a dump waits for a locked table.
        keep_days: sets younger than this are kept.
        keep_sets: so many usable sets of each database are kept, however old.
        encryption_recipients: public keys of age; if empty, sets are not encrypted.
        encryption_identity_file: path of the secret key, needed to restore and to drill.
        copy_command: run after each set that was published, to copy it off the host; empty for no copy.
        copy_timeout_s: seconds after which it is ended.
        failure_command: run when a backup or a drill fails; empty for no notification.
        assertions: conditions that drills check in the restored databases.
        age_warn_h, age_crit_h: hours since the newest usable set of all databases, above which a finding is reported.
        drill_warn_d, drill_crit_d: days since the last successful drill, above which a finding is reported.
        shrink_warn_percent: a finding is reported if a dump is smaller than the one before by more than this.
    """

    version: int = field(metadata={"least": OLDEST_MAJOR})
    cluster: str = "main"
    directory: str = BACKUP_ROOT
    state_directory: str = OWN_STATE
    exclude: tuple[str, ...] = ()
    format: str = field(default="directory", metadata={"choices": ("directory", "custom")})
    compression: str = "auto"
    jobs: int = field(default=2, metadata={"least": 1})
    restore_jobs: int = field(default=0, metadata={"least": 0})
    lock_wait_timeout_s: int = field(default=300, metadata={"least": 1})
    keep_days: int = field(default=14, metadata={"least": 0})
    keep_sets: int = field(default=7, metadata={"least": 1})
    encryption_recipients: tuple[str, ...] = ()
    encryption_identity_file: str = ""
    copy_command: str = ""
    copy_timeout_s: int = field(default=3600, metadata={"least": 1})
    failure_command: str = ""
    assertions: tuple[Assertion, ...] = ()
    age_warn_h: int = field(default=26, metadata={"least": 1})
    age_crit_h: int = field(default=50, metadata={"least": 1})
    drill_warn_d: int = field(default=8, metadata={"least": 1})
    drill_crit_d: int = field(default=35, metadata={"least": 1})
    shrink_warn_percent: int = field(default=50, metadata={"least": 1})

    @property
    def programs(self) -> str:
        """Return the folder of the server programs of this major version.

        Those of an older version may not read the server, and those of a newer one may write what this server does not read.
        """
        return program_directory(self.version)


_OPTIONS = {option.name: option for option in dataclasses.fields(BackupConfig)}
KEYS = tuple(_OPTIONS)
COMMANDS = ("copy_command", "failure_command")
_FOLDERS = ("directory", "state_directory")
#: What a shell takes literally, and then what it does not: operators, variables and substitutions.
_LITERAL = re.compile(r"""\\.|'[^']*'|"(?:\\.|[^"\\])*\"""", re.DOTALL)
_SHELL = re.compile(r"\|[|&]?|\d*>[>&|]?|<[<&]?|(?<!\S)&&?(?!\S)|;(?!\S)|\$(?=[({\w])|`")
#: Folders that are not to be given away: other programs of the host are at home there.
_OTHERS = frozenset(
    [
        *(f"/{name}" for name in ("", "boot", "etc", "home", "media", "mnt", "opt", "root", "srv", "usr", "var")),
        *(f"/var/{name}" for name in ("backups", "cache", "lib", "lib/postgresql", "log", "spool", "tmp")),
    ]
)
#: Below these nothing lasts.
_PASSING = ("dev", "proc", "run", "sys", "tmp")


def load(path: str = CONFIG_FILE) -> BackupConfig:
    """Return the configuration that a file declares.

    Args:
        path: of the JSON file; by default the one that role pg_backup writes.

    Raises:
        PgsopError: the file cannot be read, or options in it are not valid; the error lists them.
    """
    return parse(read(path, _ROLE), path)


def parse(declared: Any, source: str) -> BackupConfig:
    """Return the configuration with all defaults filled in.

    Args:
        declared: content of the JSON file.
        source: path of the file, for the error.

    Raises:
        PgsopError: options are not valid; the error lists them.
    """
    refuse(name_variables(problems(declared), _ROLE, KEYS), source, _ROLE)
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in declared.items()
    }
    values["assertions"] = tuple(Assertion(**entry) for entry in declared.get("assertions", ()))
    return BackupConfig(**values)


def problems(declared: Any) -> list[str]:
    """Return which options are not valid, one sentence each; empty if the declaration can be used.

    The order of thresholds and the values are checked only if all types are right.
    """
    found = object_problems(declared, KEYS)
    if not isinstance(declared, dict):
        return found
    types = get_type_hints(BackupConfig)
    known = {key: value for key, value in declared.items() if key in types}
    found += [problem for key, value in known.items() for problem in _type_problems(key, value, types[key])]
    return found or [*_value_problems(known), *_order_problems(known)]


def variable_problems(declared: Any) -> list[str]:
    """Return which options are not valid, one sentence each, with the names of the variables of role pg_backup.

    If all are valid, shell syntax in the commands and assertions that are no queries are reported.
    """
    found = problems(declared) or [
        *shell_problems(declared),
        *query_problems(declared.get("assertions", []), "assertions"),
    ]
    return name_variables(found, _ROLE, KEYS)


def _type_problems(key: str, value: Any, wanted: object) -> list[str]:
    if wanted is int:
        least = _OPTIONS[key].metadata["least"]
        if not is_whole(value):
            return [f"{key} is {value!r} and must be a whole number"]
        return [f"{key} is {value} and must be at least {least}"] if value < least else []
    if wanted is str:
        return [] if isinstance(value, str) else [f"{key} is {value!r} and must be text"]
    if not isinstance(value, list):
        return [f"{key} must be a list"]
    if Assertion in get_args(wanted):
        return [problem for number, item in enumerate(value, 1) for problem in _assertion_problems(number, item)]
    return [f"{key} holds {item!r}, which is no text" for item in value if not is_text(item)]


def _assertion_problems(number: int, entry: Any) -> list[str]:
    keys = [field.name for field in dataclasses.fields(Assertion)]
    if not isinstance(entry, dict) or not {"database", "sql"} <= set(entry) <= set(keys):
        return [f"assertion {number} must have database and sql, may have name, and nothing else"]
    empty = [key for key in ("database", "sql") if not isinstance(entry[key], str) or not entry[key].strip()]
    found = [f"assertion {number} has no {key}" for key in empty]
    return (
        found if isinstance(entry.get("name", ""), str) else [*found, f"assertion {number} has a name that is no text"]
    )


def _value_problems(known: Mapping[str, Any]) -> list[str]:
    found = []
    formats = _OPTIONS["format"].metadata["choices"]
    if known.get("format", formats[0]) not in formats:
        found.append(f"format is {known['format']!r} and must be one of {', '.join(formats)}")
    if not COMPRESSION.fullmatch(known.get("compression", "auto")):
        found.append(
            f"compression is {known['compression']!r} and must be auto, none, gzip, gzip:1 to 9, zstd, zstd:1 to 22, lz4, or lz4:1 to 12"
        )
    for key in _FOLDERS:
        path = known.get(key, "/nowhere")
        if not path.startswith("/") or path.startswith("//") or os.path.normpath(path) != path:
            found.append(f"{key} is {path!r} and must be an absolute path without . and ..")
        elif path in _OTHERS or path.split("/")[1] in _PASSING:
            found.append(f"{key} is {path!r}, which belongs to the system or does not last")
    for key in COMMANDS:
        found += _command_problems(key, known.get(key, ""))
    secret = known.get("encryption_identity_file", "")
    if secret and not secret.startswith("/"):
        found.append(f"encryption_identity_file is {secret!r} and must be an absolute path")
    return found


def _command_problems(key: str, command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        return [f"{key} cannot be split into words: {error}"]
    if command and not words:
        return [f"{key} has no words"]
    if words and not words[0].startswith("/"):
        return [f"{key} starts with {words[0]!r} and must start with the absolute path of a program"]
    return []


def shell_problems(declared: Mapping[str, Any]) -> list[str]:
    """Return which declared commands have shell syntax, one sentence each; the declaration must have no other problems."""
    found = {key: shell_syntax(declared.get(key, "")) for key in COMMANDS}
    return [f"{key} cannot work: {problem}" for key, problem in found.items() if problem]


def program_of(command: str) -> str:
    """Return the path of the program of a declared command; empty if no command is declared."""
    return next(iter(shlex.split(command)), "")


def shell_syntax(command: str) -> str:
    """Return which shell syntax a command has outside of quotes, as a sentence; empty if it has no such syntax.

    No shell runs the command, so its program would get this as an argument. A configuration with it is loaded all the same,
    because a backup without a copy is better than no backup.
    """
    found = _SHELL.search(_LITERAL.sub("_", command))
    if not found:
        return ""
    return (
        f"it has {found.group()} outside of quotes, which is an argument and not an operator, because no shell runs it;"
        " declare a script instead, or quote it if it is meant as an argument"
    )


def _order_problems(known: Mapping[str, Any]) -> list[str]:
    values = {**{key: option.default for key, option in _OPTIONS.items()}, **known}
    pairs = (("age_warn_h", "age_crit_h"), ("drill_warn_d", "drill_crit_d"))
    return [problem for warn, crit in pairs for problem in order_problems(values, warn, crit)]
