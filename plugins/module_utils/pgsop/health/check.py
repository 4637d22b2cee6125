# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check is: where it looks, what it measures, from when on that is too much, and what to do then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Where a check looks: at the host, also when no server answers; at the server, once; at each database.
HOST, SERVER, DATABASE = "host", "server", "database"
SCOPES = (HOST, SERVER, DATABASE)


@dataclass(frozen=True)
class Measured:
    """One thing that was measured.

    Attributes:
        object_name: name of the measured object, by which it can be excluded; of an object in a database ``schema.name``.
        value: how much, in the unit of the check; None where it is only counted.
        message: the same as a sentence without a full stop.
        status: at least this, whatever the thresholds say; empty leaves it to them.
        hint: what to do about this one; empty for the hint of the check.
        warn: threshold of its own, by which its status was decided already; it is only told.
        crit: the same, for what is critical.
    """

    object_name: str
    value: float | None = None
    message: str = ""
    status: str = ""
    hint: str = ""
    warn: float | None = None
    crit: float | None = None


class HiddenError(Exception):
    """What a check needs cannot be seen, for lack of a privilege or of a feature; the text says which."""


class FirstLookError(Exception):
    """A rate needs two looks, and this is the first."""


#: What a check does: it looks at a view of its scope (see context.py) and yields what it measured, as much or as little as there is.
Read = Callable[[Any], Iterable[Measured]]


@dataclass(frozen=True)
class Check:
    """One signal.

    Attributes:
        id: topic and signal, stable over releases.
        sop: the clause it belongs to.
        title: what it looks at, as a noun.
        scope: one of SCOPES.
        read: looks and measures. It raises HiddenError where it cannot see; what the server refuses for lack of a privilege
            (SQLSTATE 42501) counts as that too.
        ok_message: what is said where nothing is wrong; empty for the message of what was measured.
        hint: what to do about it.
        unit: of the value: s, %, B, or empty for a count; any other word is only shown.
        warn: above this it is a warning, None for never.
        crit: above this it is critical, None for never.
        lower_is_worse: whether little is bad instead: below instead of above.
        threshold_on_count: whether the thresholds are for the number of things instead of the value of each.
        extra_limits: further limits by name, in their own units; what is declared replaces them too.
        databases: for scope DATABASE the only ones to look at; empty for all.
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

    @property
    def limits(self) -> dict[str, float | None]:
        """All its thresholds and limits by name."""
        return {"warn": self.warn, "crit": self.crit, **self.extra_limits}


def check(name: str, **facts: Any) -> Callable[[Read], Check]:
    """Make a check of the function that reads; see Check for the facts.

    Example:
        @check("indexes.invalid", sop="4", title="invalid indexes", scope=DATABASE, threshold_on_count=True, warn=0, hint="...")
        def invalid(here: Database) -> Iterator[Measured]:
    """

    def made(read: Read) -> Check:
        return Check(id=name, read=read, **facts)

    return made
