# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One diagnosis: look from the client's side, try once, look from the server's side, and name the cause."""

from __future__ import annotations

import os
import pwd
import traceback
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from ..cluster import Cluster, list_clusters
from ..dsn import DsnError
from ..errors import OwnerRefusedError, PgsopError
from . import attempt, catalogue, ident_map, rules, server_log
from . import place as places
from . import reach as reaches
from .attempt import Attempt
from .case import Case, Cause
from .causes import cause
from .person import Person, person
from .steps import PROBLEM, Step, steps
from .target import Request, Target, target

_DSN = "postgresql://USER:PASSWORD@localhost:5432/DATABASE"


@dataclass(frozen=True)
class Report:
    """What came out.

    Attributes:
        works: whether the connection works; None where that could not be found out.
        cause: why it does not, None where it works.
        steps: what was looked at.
        target: what was connected to, as far as it is known.
        session: of a connection that works.
        psql: where SQL is typed.
        remarks: what is wrong all the same where it works.
    """

    works: Optional[bool]
    cause: Optional[Cause]
    steps: Tuple[Step, ...]
    target: Mapping[str, object]
    session: Mapping[str, Any]
    psql: str = ""
    remarks: Tuple[str, ...] = ()

    def as_dict(self) -> Dict[str, Any]:
        """For programs."""
        found = self.cause
        return {
            "works": self.works,
            "cause": None
            if found is None
            else {"id": found.id, "sentence": found.sentence, "candidates": list(found.candidates)},
            "remedy": found.remedy if found else "",
            "remedy_in": (self.psql if found.sql else "shell") if found else "",
            "declared": found.declared if found else "",
            "remarks": list(self.remarks),
            "steps": [step.as_dict() for step in self.steps],
            "target": dict(self.target),
            "session": dict(self.session),
        }

    def reasons_to_fail(self, fail_on: str) -> List[str]:
        """Why this is not good enough, as sentences; none where it is.

        Args:
            fail_on: never; critical where it does not work; warning also where something is wrong although it does.
        """
        if fail_on == "never":
            return []
        if self.cause is not None:
            return [f"The connection does not work: {self.cause.sentence}. Next step: {self.cause.remedy}"]
        return [f"The connection works, but {remark}." for remark in self.remarks] if fail_on == "warning" else []


def diagnose(request: Request, clusters: Optional[Sequence[Cluster]] = None) -> Report:
    """Find out why a connection does not work, or that it does. Changes nothing, and tries once.

    Args:
        request: what somebody wants to connect to.
        clusters: of the host; None has them looked up.

    Raises:
        PgsopError: where the driver is missing, this process may not act as the user that is asked for, or an unexpected error
            occurs, whose text is not repeated: it may quote what was given, and with that a password.
    """
    with _Unquoted():
        return _diagnose(request, clusters)


class _Unquoted:
    """An unexpected error becomes one without its text, which may quote what was given: neither a report nor a traceback has it."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        if not isinstance(error, Exception) or isinstance(error, PgsopError):
            return
        last = traceback.extract_tb(trace)[-1]
        raise PgsopError(
            attempted="diagnose the connection",
            target=f"{os.path.basename(last.filename)}, line {last.lineno}, {last.name}",
            answer=f"an unexpected {type(error).__name__}; its text is not shown because it may have a password in it",
            next_step="try it with --host, --port, --user and --database, and report this line as a fault of pgsop",
        ) from None


def _diagnose(request: Request, clusters: Optional[Sequence[Cluster]]) -> Report:
    someone = person(request.as_user)
    try:
        wanted = target(request, someone)
    except DsnError as error:
        broken = Cause("dsn.invalid", f"the connection string cannot be used: {error}", f"write it like this: {_DSN}")
        return Report(False, broken, (Step("connection string", PROBLEM, str(error)),), {}, {})
    found = list_clusters() if clusters is None else clusters
    case = look(wanted, someone, sorted(found, key=lambda each: (each.label != request.preferred, each.port)))
    return report(case)


def look(wanted: Target, someone: Person, clusters: Sequence[Cluster]) -> Case:
    """Everything that can be seen of one connection."""
    reach = reaches.reach(wanted, someone)
    place = places.place(wanted, reach, clusters)
    mark = server_log.mark(place.cluster) if place.cluster else None
    tried = _tried(wanted, someone, reach)
    place = places.place(wanted, reach, clusters)
    case = Case(wanted, someone, reach, place, tried)
    said = server_log.since(mark, wanted, tried.said) if mark else ()
    return _with_catalogue(replace(case, log=said))


def report(case: Case) -> Report:
    """What is told of it."""
    found = None if case.attempt.works else cause(case)
    seen = tuple(steps(case))
    remarks = (
        tuple(f"{step.name}: {step.seen}" for step in seen if step.status == PROBLEM) if case.attempt.works else ()
    )
    return Report(
        works=bool(case.attempt.works),
        cause=found,
        steps=seen,
        target=case.target.as_dict(),
        session={**(case.attempt.session or {}), "latency_ms": round(case.attempt.seconds * 1000, 1)}
        if case.attempt.works
        else {},
        psql=case.psql,
        remarks=remarks,
    )


def _tried(wanted: Target, someone: Person, reach: reaches.Reach) -> Attempt:
    if reach.unresolved:
        return Attempt(None, "not made: there is no address to connect to", "no_name")
    return attempt.attempt(wanted, someone)


def _with_catalogue(case: Case) -> Case:
    """The same with what the server's owner sees, where that can be had."""
    cluster = case.place.cluster
    if cluster is None:
        return _hidden(case, "it is not known which cluster that is")
    if case.place.down or case.place.frozen:
        return _hidden(case, "the server does not answer")
    if not _owners(cluster):
        return _hidden(case, "run it with sudo")
    try:
        found = catalogue.catalogue(_actual(cluster), case.target)
    except OwnerRefusedError as error:
        hidden = _hidden(case, f"the rules refuse {cluster.owner}, who could ask the server")
        return replace(hidden, refused=error)
    except PgsopError as error:
        return _hidden(case, error.answer)
    found = _with_maps(found)
    decided = rules.decision(case.target, case.reach, found)
    absent = not found.subjects["role"] or not found.subjects["database"]
    seen: Dict[str, Any] = {"found": found, "decision": decided, "elsewhere": _elsewhere(case) if absent else {}}
    if case.attempt.works is False and not case.attempt.kind and not absent:
        seen["triggers"] = catalogue.login_triggers(_actual(cluster), case.target)
    return replace(case, **seen)


def _hidden(case: Case, why: str) -> Case:
    return replace(case, hidden=why)


def _owners(cluster: Cluster) -> bool:
    """Whether this process may be the owner."""
    try:
        return os.geteuid() in (0, pwd.getpwnam(cluster.owner).pw_uid)
    except KeyError:
        return False


def _actual(cluster: Cluster) -> Cluster:
    """The cluster as its server runs, whatever its files say by now."""
    running = places.running(cluster)
    if running is None:
        return cluster
    folder = running.socket_directory or cluster.socket_directory
    return replace(cluster, port=running.port, socket_directory=folder)


def _with_maps(found: catalogue.Catalogue) -> catalogue.Catalogue:
    """User name maps from the file itself, where the server does not show them."""
    if found.maps is not None:
        return found
    try:
        with open(str(found.server["ident_file"]), encoding="utf-8", errors="replace") as handle:
            rows: List[Dict[str, Any]] = ident_map.parse(handle)
    except OSError:
        return found
    return replace(found, maps=tuple(rows))


def _elsewhere(case: Case) -> Dict[str, Dict[str, Any]]:
    """Where else the role and the database are."""
    found: Dict[str, Dict[str, Any]] = {}
    for each, at in case.place.others:
        if each.running and _owners(each):
            found[each.label] = {"port": at, **catalogue.elsewhere(_actual(each), case.target)}
    return found
