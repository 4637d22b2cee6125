# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several hosts in one connection string: which of them libpq comes to, and why not to the ones before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from . import attempt
from .causes import cause
from .evidence import Evidence, HostResult
from .network import THERE
from .os_user import OsUser
from .target import ConnectionTarget

#: Answers after which libpq tries the next host (PQconnectPoll); after any other one it stops.
_NEXT = ("refused", "no_socket", "denied", "timeout", "unreachable", "no_name", "starting", "stopping", "session_attrs")
#: Kinds of answers, the farthest on the way first.
_FARTHEST = {kind: place for place, (kind, _pattern) in enumerate(attempt.SAID)}


def examine(
    targets: Sequence[ConnectionTarget], os_user: OsUser, collect: Callable[[ConnectionTarget], Evidence]
) -> Evidence:
    """Return the evidence for the host that decides, with the results of the other ones.

    The hosts are examined one by one, up to the first that works or where libpq stops. If one works after others, the whole list
    is tried once more as the application would, and that result counts. A password that the server refuses is sent once.

    Args:
        targets: one for each host, in the order of the connection string.
        os_user: the operating system user that connects.
        collect: examines one target.

    Raises:
        PgsopError: the driver is missing.
    """
    seen: list[Evidence] = []
    for target in targets:
        seen.append(collect(target))
        if not _goes_on(seen[-1]):
            break
    last = seen[-1]
    if last.attempt.works:
        tried = last.attempt if len(seen) == 1 else attempt.attempt(_whole(last.target, targets), os_user)
        return replace(last, attempt=tried, other_hosts=tuple(map(_result, seen[:-1])))
    chosen = (
        last if not _goes_on(last) else min(seen, key=lambda each: _FARTHEST.get(each.attempt.kind, len(_FARTHEST)))
    )
    others = [_result(each) for each in seen if each is not chosen]
    others += [HostResult(each.number, each.place, "") for each in targets[len(seen) :]]
    return replace(chosen, other_hosts=tuple(others))


def _goes_on(evidence: Evidence) -> bool:
    """Whether libpq would try the next host; an answer in another language is the network's if nothing listens."""
    if evidence.attempt.works:
        return False
    silent = not evidence.reach.open and evidence.reach.socket != THERE
    return evidence.error_is(*_NEXT) or (evidence.error_is("") and silent)


def _whole(target: ConnectionTarget, targets: Sequence[ConnectionTarget]) -> ConnectionTarget:
    """Return a target that leads to all hosts, with the password for the one that works."""
    lists = {"host": [each.host for each in targets], "port": [str(each.port) for each in targets]}
    if any(each.hostaddr for each in targets):
        lists["hostaddr"] = [each.hostaddr for each in targets]
    return replace(target, whole={key: ",".join(values) for key, values in lists.items()})


def _result(evidence: Evidence) -> HostResult:
    found = cause(evidence)
    return HostResult(evidence.target.number, evidence.target.place, f"{found.message} ({found.id})")
