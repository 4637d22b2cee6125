# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the server is up to date, and for how long its major version is maintained."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from ... import command
from ...debian import program_directory
from ...finding import WARNING
from ...next_start.program import is_replaced
from ..check import HOST, HiddenError, Measured, check
from ..context import HostContext
from .service import postmaster

#: Day of the last release of each major version (https://www.postgresql.org/support/versioning/).
END_OF_LIFE: Mapping[int, date] = {
    13: date(2025, 11, 13),
    14: date(2026, 11, 12),
    15: date(2027, 11, 11),
    16: date(2028, 11, 9),
    17: date(2029, 11, 8),
    18: date(2030, 11, 14),
}
#: As date.weekday counts.
_THURSDAY = 3
#: Releases of a major version in the order in which they appear; the final ones have a dot instead of a word.
_STAGES = ("devel", "alpha", "beta", "rc", ".")
_FINAL = _STAGES.index(".")
_NUMBER = rf"(\d+)~*({'|'.join(map(re.escape, _STAGES))})(\d*)"
#: Version of a package, as in 1:17.10-0+deb13u1, 19~rc1-1 and 20~~devel20261101.1-1, and output of the server's program, as in 17.10 and 19rc1.
_PACKAGE = re.compile(rf"(?:\d+:)?{_NUMBER}")
_PROGRAM = re.compile(rf"\(PostgreSQL\) {_NUMBER}")


class Release(NamedTuple):
    """A release of the server; a later one is greater.

    Attributes:
        major: the major version.
        stage: place in _STAGES.
        number: of the release within its stage.
    """

    major: int
    stage: int
    number: int

    def __str__(self) -> str:
        """Return it as the server's program writes it."""
        return f"{self.major}{_STAGES[self.stage]}{self.number if self.stage else ''}"


@check(
    "version.end_of_life",
    sop="0",
    title="days for which the major version is maintained",
    scope=HOST,
    unit="d",
    warn=180,
    crit=0,
    lower_is_worse=True,
    hint="plan the upgrade to a newer major version: 'man pg_upgradecluster'",
)
def end_of_life(here: HostContext) -> Iterator[Measured]:
    """Yield the days until the end of life of the major version; 0 on that day itself, negative after it."""
    major = here.cluster.version
    end = END_OF_LIFE.get(major) or by_policy(major)
    days = (end - datetime.fromtimestamp(here.now, timezone.utc).date()).days
    told = f"until {end}" if days >= 0 else f"only until {end}, and has had no fixes since"
    yield Measured(here.cluster.label, days, f"PostgreSQL {major} is maintained {told}")


def by_policy(major: int) -> date:
    """Return the day of the last release of a major version that has no published one yet.

    A major version is released each year in autumn, and its last release is five years later, on the second Thursday of November. All days in
    END_OF_LIFE are so (https://www.postgresql.org/support/versioning/).
    """
    november = date(2012 + major, 11, 1)
    return november + timedelta(days=(_THURSDAY - november.weekday()) % 7 + 7)


@check("version.minor", sop="0", title="minor version", scope=HOST)
def minor(here: HostContext) -> Iterator[Measured]:
    """Yield whether the installed release is a final one, the newest in apt's lists, and the one that runs.

    Raises:
        HiddenError: after the last one, if no package list has the server's package.
    """
    cluster = here.cluster
    package = f"postgresql-{cluster.version}"
    have, candidate = _policy(package)
    if have is not None and candidate is not None and candidate > have:
        hint = f"run 'apt-get install --only-upgrade {package}', which restarts the server; 'pgsop backup' before it costs little"
        message = f"{package} {have} is installed, and {candidate} is available"
        yield Measured("upgrade", None, message, WARNING, hint)
    elif have is not None:
        yield Measured(package, None, f"{have} is the newest release of {package} in apt's lists")
    if have is not None and have.stage < _FINAL:
        hint = f"use it for tests only; install the final release when apt has it: 'apt-get install --only-upgrade {package}'"
        yield Measured("pre-release", None, f"{have} is a pre-release, which is not for production", WARNING, hint)
    program = f"{program_directory(cluster.version)}/postgres"
    pid = inspected_server(here)
    # If it is the same file, it is the same release, and no program has to be run.
    replaced = pid is not None and is_replaced(pid, program)
    installed = release_of(program) if replaced else None
    # The link leads to the program itself, not to whatever has its name today (proc_pid_exe(5)).
    running = release_of(f"/proc/{pid}/exe") if replaced else None
    if installed is not None and running is not None and running != installed:
        hint = f"restart it when that suits: 'systemctl restart {cluster.unit}'"
        message = f"cluster {cluster.label} still runs {running}, and {installed} is installed"
        yield Measured("restart", None, message, WARNING, hint)
    if have is None:
        raise HiddenError(
            f"no package list of apt has {package}, so it is not known whether there is a newer one; run 'apt-get update'"
        )


def inspected_server(here: HostContext) -> int | None:
    """Return the process id of the running server; None if no server runs.

    Raises:
        HiddenError: the process may not be inspected.
    """
    pid = postmaster(here.cluster)
    try:
        if pid is not None:
            os.readlink(f"/proc/{pid}/exe")
    except PermissionError as error:
        raise HiddenError(f"process {pid} may only be looked at by root and {here.cluster.owner}") from error
    return pid


def release_of(program: str) -> Release | None:
    """Return the release of a server's program, as it prints it; None if it cannot be run."""
    return _release(_PROGRAM.search(command.run([program, "--version"], timeout=5).output))


def _policy(package: str) -> tuple[Release | None, Release | None]:
    """Return the installed and the newest release; None for both if no package list has the package.

    Raises:
        HiddenError: this host has no apt.
    """
    answer = command.run(["apt-cache", "policy", package], timeout=20)
    if answer.status == command.NOT_FOUND:
        raise HiddenError("this host has no apt")
    lines = [line.strip() for line in answer.output.splitlines()]
    # A package that is in no list comes from /var/lib/dpkg/status alone.
    if not any(line.endswith(" Packages") for line in lines):
        return None, None
    return _named(lines, "Installed:"), _named(lines, "Candidate:")


def _named(lines: Sequence[str], key: str) -> Release | None:
    return _release(
        next((_PACKAGE.match(line.split(None, 1)[1]) for line in lines if line.startswith(f"{key} ")), None)
    )


def _release(found: re.Match[str] | None) -> Release | None:
    return Release(int(found[1]), _STAGES.index(found[2]), int(found[3] or 0)) if found else None
