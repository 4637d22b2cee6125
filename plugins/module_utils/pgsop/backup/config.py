# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared about backups: one JSON file, read and refused as a whole."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Tuple, get_type_hints

from ..debian import BACKUP_ROOT, OWN_CONFIG, OWN_STATE, program_directory
from ..declared import read, refuse

#: Where role pg_backup writes it.
CONFIG_FILE = f"{OWN_CONFIG}/backup.json"

_ROLE = "pg_backup"

FORMATS = ("directory", "custom")
#: Method and, where it has one, level, in the words of pg_dump --compress.
COMPRESSION = re.compile(r"auto|none|gzip(:[1-9])?|zstd(:([1-9]|1\d|2[0-2]))?|lz4(:([1-9]|1[0-2]))?", re.ASCII)


@dataclass(frozen=True)
class Assertion:
    """What must be true of a restored database.

    Attributes:
        database: name of the database, as it was dumped.
        sql: a query that answers with one row and one column, which must be true.
        name: how reports call it; the query itself where it is empty.
    """

    database: str
    sql: str
    name: str = ""


@dataclass(frozen=True)
class Config:
    """Everything that can be chosen.

    Attributes:
        version: major version of the cluster.
        cluster: name of the cluster.
        directory: where the sets are.
        state_directory: where the last runs are noted; not on the disk of the sets, where that can be had.
        exclude: databases that are left out.
        format: directory (as many files as tables, dumped by several jobs) or custom (one file).
        compression: auto (zstd:1 where pg_dump has it, else gzip at GZIP_LEVEL), none, or METHOD[:LEVEL].
        jobs: connections that dump one database at the same time, in format directory.
        restore_jobs: the same for a restore; 0 is one for each processor.
        lock_wait_timeout_s: seconds a dump waits for a table that somebody has locked.
        keep_days: sets younger than this are kept.
        keep_sets: so many usable sets of each database are kept, however old.
        encryption_recipients: public keys of age; none leaves the sets as they are.
        encryption_identity_file: the secret key, needed to restore and to drill.
        copy_command: run after each set that was published, to take it off the host.
        copy_timeout_s: seconds it may take.
        failure_command: run when a backup or a drill fails.
        assertions: what drills ask of the restored databases.
        age_warn_h, age_crit_h: hours since the newest usable set, before that is reported.
        drill_warn_d, drill_crit_d: days since the last drill that went well.
        shrink_warn_percent: how much smaller than the one before a database's dump may be.
    """

    version: int
    cluster: str = "main"
    directory: str = BACKUP_ROOT
    state_directory: str = OWN_STATE
    exclude: Tuple[str, ...] = ()
    format: str = "directory"
    compression: str = "auto"
    jobs: int = 2
    restore_jobs: int = 0
    lock_wait_timeout_s: int = 300
    keep_days: int = 14
    keep_sets: int = 7
    encryption_recipients: Tuple[str, ...] = ()
    encryption_identity_file: str = ""
    copy_command: str = ""
    copy_timeout_s: int = 3600
    failure_command: str = ""
    assertions: Tuple[Assertion, ...] = ()
    age_warn_h: int = 26
    age_crit_h: int = 50
    drill_warn_d: int = 8
    drill_crit_d: int = 35
    shrink_warn_percent: int = 50

    @property
    def programs(self) -> str:
        """Where the programs of the server's own major version are; others may not read it, or not write what it reads."""
        return program_directory(self.version)


KEYS = tuple(field.name for field in dataclasses.fields(Config))
#: Smallest value that makes sense, by key.
_LEAST = {
    "version": 13,
    "jobs": 1,
    "restore_jobs": 0,
    "lock_wait_timeout_s": 1,
    "keep_days": 0,
    "keep_sets": 1,
    "copy_timeout_s": 1,
    "age_warn_h": 1,
    "age_crit_h": 1,
    "drill_warn_d": 1,
    "drill_crit_d": 1,
    "shrink_warn_percent": 1,
}
COMMANDS = ("copy_command", "failure_command")
_FOLDERS = ("directory", "state_directory")
_LISTS = ("exclude", "encryption_recipients")
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


def load(path: str = CONFIG_FILE) -> Config:
    """What the file declares.

    Raises:
        PgsopError: where it cannot be read, or declares what cannot be.
    """
    return parse(read(path, _ROLE), path)


def parse(declared: Any, source: str) -> Config:
    """The configuration in full.

    Raises:
        PgsopError: with everything that is wrong with it.
    """
    refuse(problems(declared), source, _ROLE)
    values = {**declared, **{key: tuple(declared[key]) for key in _LISTS if key in declared}}
    values["assertions"] = tuple(Assertion(**entry) for entry in declared.get("assertions", ()))
    return Config(**values)


def problems(declared: Any) -> List[str]:
    """What is wrong with a declaration, as sentences."""
    if not isinstance(declared, dict):
        return ["it is no JSON object"]
    types = get_type_hints(Config)
    found = [f"there is no key {key}" for key in sorted(set(declared) - set(types))]
    if "version" not in declared:
        found.append("version, the major version of the cluster, is missing")
    known = {key: value for key, value in declared.items() if key in types}
    found += [problem for key, value in known.items() for problem in _type_problems(key, value, types[key])]
    return found or [*_value_problems(known), *_order_problems(known)]


def _type_problems(key: str, value: Any, wanted: object) -> List[str]:
    if wanted is int:
        if isinstance(value, bool) or not isinstance(value, int):
            return [f"{key} is {value!r} and must be a whole number"]
        return [f"{key} is {value} and must be at least {_LEAST[key]}"] if value < _LEAST[key] else []
    if wanted is str:
        return [] if isinstance(value, str) else [f"{key} is {value!r} and must be text"]
    if not isinstance(value, list):
        return [f"{key} must be a list"]
    if key in _LISTS:
        return [f"{key} holds {item!r}, which is no text" for item in value if not isinstance(item, str) or not item]
    return [problem for number, item in enumerate(value, 1) for problem in _assertion_problems(number, item)]


def _assertion_problems(number: int, entry: Any) -> List[str]:
    keys = [field.name for field in dataclasses.fields(Assertion)]
    if not isinstance(entry, dict) or not {"database", "sql"} <= set(entry) <= set(keys):
        return [f"assertion {number} must have database and sql, may have name, and nothing else"]
    empty = [key for key in ("database", "sql") if not isinstance(entry[key], str) or not entry[key].strip()]
    found = [f"assertion {number} has no {key}" for key in empty]
    return (
        found if isinstance(entry.get("name", ""), str) else [*found, f"assertion {number} has a name that is no text"]
    )


def _value_problems(known: Mapping[str, Any]) -> List[str]:
    found = []
    if known.get("format", FORMATS[0]) not in FORMATS:
        found.append(f"format is {known['format']!r} and must be one of {', '.join(FORMATS)}")
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


def _command_problems(key: str, command: str) -> List[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        return [f"{key} cannot be split into words: {error}"]
    if command and not words:
        return [f"{key} has no words"]
    if words and not words[0].startswith("/"):
        return [f"{key} starts with {words[0]!r} and must start with the absolute path of a program"]
    return []


def shell_problems(declared: Mapping[str, Any]) -> List[str]:
    """Which declared commands have syntax of a shell, as sentences; the declaration has no other problems."""
    found = {key: shell_syntax(declared.get(key, "")) for key in COMMANDS}
    return [f"{key} cannot work: {problem}" for key, problem in found.items() if problem]


def program_of(command: str) -> str:
    """Path of the program of a declared command; empty if none is declared."""
    return next(iter(shlex.split(command)), "")


def shell_syntax(command: str) -> str:
    """Which syntax of a shell a command has outside of quotes, as a sentence; empty if it has none.

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


def _order_problems(known: Mapping[str, Any]) -> List[str]:
    defaults: Dict[str, Any] = {field.name: field.default for field in dataclasses.fields(Config)}
    values = {**defaults, **known}
    pairs = (("age_warn_h", "age_crit_h"), ("drill_warn_d", "drill_crit_d"))
    return [
        f"{warn} is {values[warn]}, above {crit}, which is {values[crit]}"
        for warn, crit in pairs
        if values[warn] > values[crit]
    ]
