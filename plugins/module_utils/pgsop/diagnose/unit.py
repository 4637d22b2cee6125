# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment that systemd gives to a service at its next start, and that of its running process."""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
from collections.abc import Mapping, Sequence

from .. import command
from ..connection_strings import systemd_lines
from ..connection_strings.groups import is_variable
from ..connection_values import is_unit
from ..debian import UNIT_FOLDERS
from ..dsn import DsnError
from ..errors import PgsopError
from ..patterns import Pattern
from ..text import counted
from .connection_source import ConnectionSource
from .source_files import LARGEST, LOOKED_FOR

_PROPERTIES = (
    *("LoadState", "LoadError", "Id", "Environment", "EnvironmentFiles", "PassEnvironment", "UnsetEnvironment"),
    *("User", "DynamicUser", "MainPID", "NeedDaemonReload", "FragmentPath", "DropInPaths"),
)
_KINDS = Pattern(r".*\.(service|socket|timer|target|path|mount|slice|scope|swap|device|automount)")
_FILE = Pattern(r"(.*) \(ignore_errors=(yes|no)\)")
#: Variables that systemd sets for each service by itself; a process without them has written over its environment.
_SIGN = "INVOCATION_ID"
_SECONDS = 10.0


class _Unit:
    """A loaded service.

    Args:
        name: with .service.
        properties: by name, as 'systemctl show' has them; one that occurs several times has a line for each.
    """

    def __init__(self, name: str, properties: Mapping[str, str]) -> None:
        self.name = name
        self.properties = properties

    def words(self, name: str) -> list[str]:
        """Return the words of a property that is a list."""
        return systemd_lines.words(self.properties.get(name, ""))

    @property
    def pid(self) -> int:
        """Return the main process; 0 if the service does not run."""
        return int(self.properties.get("MainPID") or 0)


def read(name: str, as_user: str = "") -> ConnectionSource:
    """Return the environment of a system service.

    Args:
        name: of the unit; .service may be left out.
        as_user: operating system user that connects; empty for the user of the service.

    Returns:
        What a start would set now: the manager's variables, PassEnvironment=, Environment=, the files of EnvironmentFile= in their
        order, less UnsetEnvironment= (systemd.exec, "Environment Variables in Spawned Processes"). If this has no connection and
        the running process has one, the environment of the process.

    Raises:
        PgsopError: the unit is missing, masked or broken, a file cannot be read, or there is no connection in its environment.
    """
    unit = _loaded(name)
    variables, notes = _variables(unit)
    running = _process(unit.pid)
    user = as_user or _user(unit)
    source = ConnectionSource(variables, user, whole=True, notes=(*notes, *_stale(unit, variables, running)))
    if source.has_connection():
        return source
    source = ConnectionSource(
        running,
        user,
        whole=True,
        notes=(f"the unit sets no such variable; it was read from the environment of process {unit.pid}",),
    )
    if source.has_connection():
        return source
    found = f"its environment has {counted(len(variables), 'variable')}, and none with a connection"
    raise _error(
        unit.name,
        "; ".join([found, *notes, LOOKED_FOR]),
        f"give the file or the credential from which the application reads it, with --dsn-file; see 'systemctl cat {unit.name}'",
    )


def _loaded(name: str) -> _Unit:
    if not is_unit(name):
        raise PgsopError(
            attempted="read the connection string",
            target="option --unit",
            answer="its value is not a plain name of a unit, and it is not shown because it may have a password in it",
            next_step="choose one of 'systemctl list-units --type=service'",
        )
    full = name if _KINDS.fullmatch(name) else f"{name}.service"
    if not full.endswith(".service"):
        raise _error(full, "it is no service, and only a service has an environment", "give the service that it starts")
    answer = command.run(["systemctl", "show", f"--property={','.join(_PROPERTIES)}", "--", full], timeout=_SECONDS)
    if answer.status == command.NOT_FOUND or "not been booted with systemd" in answer.errors:
        raise _error(full, "this host does not run systemd", "give the file with its variables, with --env-file")
    if answer.status:
        raise _error(full, answer.errors.strip() or "systemctl failed", f"systemctl status {full}")
    properties: dict[str, str] = {}
    for line in answer.output.split("\n"):
        key, _equals, value = line.partition("=")
        properties[key] = f"{properties[key]}\n{value}" if key in properties else value
    _refuse(full, properties)
    return _Unit(full, properties)


def _refuse(name: str, properties: Mapping[str, str]) -> None:
    state = properties.get("LoadState", "")
    if state == "not-found":
        raise _error(name, "there is no such unit", "choose one of 'systemctl list-unit-files --type=service'")
    if state == "masked":
        raise _error(name, "it is masked, so it has no environment", f"sudo systemctl unmask {name}")
    if state not in ("loaded", "bad-setting"):
        raise _error(name, f"systemd could not load it ({state or 'no answer'})", f"systemctl status {name}")


def _variables(unit: _Unit) -> tuple[dict[str, str], list[str]]:
    """Return the variables of the next start, and notes about lines that systemd ignores."""
    answer = command.run(["systemctl", "show", "--property=Environment"], timeout=_SECONDS)
    found = _pairs(systemd_lines.words(answer.output.strip("\n").removeprefix("Environment=")))
    first = _process(1)
    found.update({name: first[name] for name in unit.words("PassEnvironment") if name in first})
    found.update(_pairs(unit.words("Environment")))
    notes: list[str] = []
    for line in filter(None, unit.properties.get("EnvironmentFiles", "").split("\n")):
        entry = _FILE.fullmatch(line)
        if entry:
            found.update(_of_files(unit.name, entry[1], entry[2] == "yes", notes))
    for text in unit.words("UnsetEnvironment"):
        name, equals, value = text.partition("=")
        if not equals or found.get(name) == value:
            found.pop(name, None)
    return found, [*notes, *_ignored(unit)]


def _pairs(words: Sequence[str]) -> dict[str, str]:
    return {name: value for name, equals, value in (word.partition("=") for word in words) if equals}


def _of_files(unit: str, pattern: str, optional: bool, notes: list[str]) -> dict[str, str]:
    """Return the variables of the files of one EnvironmentFile=."""
    found: dict[str, str] = {}
    paths = sorted(glob.glob(pattern)) or [pattern]
    for path in paths:
        problem = ""
        try:
            with open(path, "rb") as handle:
                data = handle.read(LARGEST * 10)
            assignments = systemd_lines.read_file(data.decode("utf-8"))
        except FileNotFoundError:
            problem = "it does not exist, and the service cannot start without it"
        except PermissionError:
            raise _error(unit, f"{path}: this user may not read it", "run it with sudo") from None
        except OSError as error:
            problem = error.strerror or "it cannot be read"
        except (UnicodeDecodeError, DsnError):
            problem = "it is no text in UTF-8, and systemd refuses it"
        if problem and not optional:
            raise _error(
                unit, f"EnvironmentFile {path}: {problem}", f"fix the file, or put - before it: systemctl cat {unit}"
            )
        if problem:
            continue
        if any(each.exported and is_variable(each.name, each.value) for each in assignments):
            notes.append(
                f"{path} has export before the name of a variable, and systemd ignores the line: remove the word export"
            )
        found.update({each.name: each.value for each in assignments if not each.exported})
    return found


def _ignored(unit: _Unit) -> list[str]:
    """Return notes about files of the unit with a variable that systemd does not take as it is written."""
    notes = []
    for path in filter(None, [unit.properties.get("FragmentPath", ""), *unit.words("DropInPaths")]):
        with contextlib.suppress(OSError, UnicodeDecodeError), open(path, encoding="utf-8") as handle:
            text = handle.read(LARGEST)
            if systemd_lines.broken_names(text):
                notes.append(
                    f"systemd ignores or changes a variable of Environment= in {path}: a % of a password is written %% there, and"
                    " quotes are closed"
                )
    return notes


def _stale(unit: _Unit, variables: Mapping[str, str], running: Mapping[str, str]) -> list[str]:
    """Return notes about a unit that was changed since it was loaded, or since its process started."""
    notes = []
    if unit.properties.get("NeedDaemonReload") == "yes" or _new_drop_ins(unit):
        notes.append(
            f"the files of {unit.name} were changed since systemd read them; to read them: sudo systemctl daemon-reload"
        )
    if _SIGN not in running:
        return notes
    names = {name for name in {*variables, *running} if variables.get(name) != running.get(name)}
    # systemd sets HOME by itself if the unit does not.
    names -= set() if "HOME" in variables else {"HOME"}
    if any(
        name == "HOME" or is_variable(name, values[name])
        for name in names
        for values in (variables, running)
        if name in values
    ):
        notes.append(
            f"the running process {unit.pid} has other values than the unit and its files, which were read here; the process gets"
            f" them by: sudo systemctl restart {unit.name}"
        )
    return notes


def _new_drop_ins(unit: _Unit) -> bool:
    """Return whether the unit has a drop-in that systemd has not read; systemd 252 does not notice one in a new folder."""
    read_names = {os.path.basename(path) for path in unit.words("DropInPaths")}
    paths = [path for folder in UNIT_FOLDERS for path in glob.glob(f"{folder}/{glob.escape(unit.name)}.d/*.conf")]
    return any(
        os.path.basename(path) not in read_names and os.path.exists(path) and os.path.getsize(path) for path in paths
    )


def _process(pid: int) -> dict[str, str]:
    """Return the environment of a process as it was started; empty if it does not run or cannot be read."""
    if not pid:
        return {}
    try:
        with open(f"/proc/{pid}/environ", "rb") as handle:
            data = handle.read()
    except OSError:
        return {}
    return _pairs([os.fsdecode(part) for part in data.split(b"\0")])


def _user(unit: _Unit) -> str:
    """Return the user of the service; root if the unit has no User=."""
    user = unit.properties.get("User") or "root"
    with contextlib.suppress(KeyError):
        if user.isdigit():
            return pwd.getpwuid(int(user)).pw_name
    if unit.properties.get("DynamicUser") == "yes":
        try:
            pwd.getpwnam(user)
        except KeyError:
            raise _error(
                unit.name,
                f"its user {user} exists only while it runs (DynamicUser=yes)",
                f"start it with 'sudo systemctl start {unit.name}', or name another user with --as",
            ) from None
    return user


def _error(unit: str, answer: str, next_step: str) -> PgsopError:
    return PgsopError(attempted="read the connection string", target=f"unit {unit}", answer=answer, next_step=next_step)
