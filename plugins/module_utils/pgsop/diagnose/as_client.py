# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What another client library than libpq would do with a connection that was examined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..clients import given
from ..clients.catalogue import CLIENTS
from ..clients.predict import Prediction, predict
from ..clients.situation import Situation
from ..connection_values import ENVIRONMENT, RESOLVED
from ..finding import CRITICAL, OK, WARNING
from .evidence import Cause, Evidence
from .steps import Step
from .target import ConnectionRequest

#: The beginning of a connection string among the values of variables.
_STRING = re.compile(r"[\w:+.-]*(postgres|pgsql|psql)[\w+.-]*:", re.IGNORECASE)
#: Variables of libpq that no table of this engine has.
_OTHERS = frozenset({"PGSERVICEFILE", "PGSYSCONFDIR", "PGLOCALEDIR", "PGREALM", "PGREQUIRESSL"})


def changes(request: ConnectionRequest, evidence: Evidence | None, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the attributes of a diagnosis of libpq's connection that change for the client of a request.

    A connection that works for libpq and not for the client does not work, and the difference is the cause. If it does not work for
    libpq either, the server's cause stays, and the differences are in the prediction only.

    Args:
        request: it names the client.
        evidence: of libpq's connection; None if nothing was tried.
        steps: of the diagnosis; empty if libpq's connection does not work.
    """
    if evidence is None:
        return {"client": Prediction(request.as_client, CLIENTS[request.as_client], known=False)}
    found = predict(request.as_client, _situation(request, evidence))
    if not steps:
        return {"client": found}
    failure = found.failure
    if failure is None:
        remarks = tuple(f"{step.name}: {step.message}" for step in steps if step.status == WARNING)
        own = tuple(f"{each.message}; {each.remedy}" for each in found.differences)
        return {"client": found, "remarks": (*remarks, *own)}
    return {
        "client": found,
        "works": False,
        "cause": Cause(failure.id, failure.message, failure.remedy),
        "steps": (*steps, Step("libpq", OK, "its own connection works"), Step("client", CRITICAL, failure.message)),
        "session": {},
        "remarks": (),
    }


def _situation(request: ConnectionRequest, evidence: Evidence) -> Situation:
    target, environment = evidence.target, evidence.os_user.environment
    source = target.password_source
    return Situation(
        client=CLIENTS[request.as_client],
        given=given.read(_text(request)),
        user=target.user,
        database=target.database,
        host=target.host,
        port=target.port,
        password=source.password or "",
        origins={**target.origins, **_typed(request)},
        password_file=source.file if source.password else "",
        variables=frozenset(name for name in environment if name in RESOLVED or name in ENVIRONMENT or name in _OTHERS),
        addresses=evidence.reach.addresses,
        open=evidence.reach.open,
        ssl=_ssl(evidence),
        iterations=evidence.found.iterations if evidence.found else 0,
        refused=evidence.error_is("password"),
    )


def _text(request: ConnectionRequest) -> str:
    """Return the connection string as the client gets it, also from the variables of a process."""
    if request.dsn or request.source is None:
        return request.dsn
    return "\n".join(value for value in request.source.variables.values() if _STRING.match(value))


def _typed(request: ConnectionRequest) -> dict[str, str]:
    pieces = {"host": request.host, "port": request.port, "dbname": request.database, "user": request.user}
    return {key: "given" for key, value in pieces.items() if value}


def _ssl(evidence: Evidence) -> bool | None:
    """Return whether the server has SSL; None if that is not known."""
    if evidence.found is not None:
        return bool(evidence.found.server["ssl"])
    return True if (evidence.attempt.session or {}).get("encrypted") else None
