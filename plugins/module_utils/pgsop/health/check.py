# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The parts of a check: what it reads, what it measures, its thresholds, and the fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Scopes of a check: the host, also if no server answers; the server, once; each database.
HOST, SERVER, DATABASE = "host", "server", "database"
SCOPES = (HOST, SERVER, DATABASE)


@dataclass(frozen=True)
class Measured:
    """One thing that was measured.

    Attributes:
        object_name: name of the measured object, by which it can be excluded; of an object in a database ``schema.name``.
        value: in the unit of the check; None if it is only counted.
        message: the same as a sentence without a full stop.
        status: the least status of this object, whatever the thresholds; empty leaves it to them.
        hint: the fix for this object; empty for the hint of the check.
        warn: threshold of its own, already applied in `status`; only reported.
        crit: the same for CRITICAL.
    """

    object_name: str
    value: float | None = None
    message: str = ""
    status: str = ""
    hint: str = ""
    warn: float | None = None
    crit: float | None = None


class HiddenError(Exception):
    """A check cannot see what it needs, for lack of a privilege or of a feature; the text names which."""


class FirstLookError(Exception):
    """A rate needs two runs, and this is the first."""


#: The function of a check: it reads the context of its scope (see context.py) and yields what it measured, which may be nothing.
Read = Callable[[Any], Iterable[Measured]]


@dataclass(frozen=True)
class Check:
    """One signal.

    Attributes:
        id: topic and signal, stable over releases.
        sop: the clause it belongs to.
        title: what it examines, as a noun.
        scope: one of SCOPES.
        read: measures. It raises HiddenError if it cannot see what it needs; so does a missing privilege (SQLSTATE 42501).
        ok_message: the message if the status is OK; empty for the message of what was measured.
        hint: the fix.
        unit: of the value: s, %, B, or empty for a count; any other word is only shown.
        warn: WARNING above this value, None for never.
        crit: CRITICAL above this value, None for never.
        lower_is_worse: whether the thresholds are lower limits: below instead of above.
        threshold_on_count: whether the thresholds are for the number of objects instead of the value of each.
        extra_limits: further limits by name, in their own units; declared ones replace them too.
        databases: for scope DATABASE the only ones to examine; empty for all.
        at_server: for scope HOST, what a server that answers shows besides; it reads the context of the server.
    """

    id: str
    sop: str
    title: str
    scope: str
    read: Read
    ok_message: str = ""
    hint: str = ""
    unit: str = ""
    warn: float | None = None
    crit: float | None = None
    lower_is_worse: bool = False
    threshold_on_count: bool = False
    extra_limits: Mapping[str, float] = field(default_factory=dict)
    databases: tuple[str, ...] = ()
    at_server: Read | None = None

    @property
    def limits(self) -> dict[str, float | None]:
        """Return all thresholds and limits of the check by name, as by default."""
        return {"warn": self.warn, "crit": self.crit, **self.extra_limits}


def check(name: str, **facts: Any) -> Callable[[Read], Check]:
    """Return a decorator that turns a reading function into a check.

    Args:
        name: the id of the check.
        **facts: the other attributes of Check.

    Example:
        @check("indexes.invalid", sop="4", title="invalid indexes", scope=DATABASE, threshold_on_count=True, warn=0, hint="...")
        def invalid(here: Database) -> Iterator[Measured]:
    """

    def made(read: Read) -> Check:
        return Check(id=name, read=read, **facts)

    return made
