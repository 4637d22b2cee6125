# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server that answers would refuse of a declaration: it is asked itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..cluster import Cluster
from ..connection import Session, connect
from ..databases.declaration import declare
from ..databases.preconditions import unfit
from ..databases.read_cluster import read_cluster
from ..errors import PgsopError
from ..hba.pairs import server_names, unknown_names
from ..nearest import did_you_mean
from ..settings.refusal import value_problem
from ..settings.server import read_parameters
from .request import PreflightRequest


def server_problems(request: PreflightRequest, cluster: Cluster) -> list[str]:
    """Return what the server would refuse, as sentences.

    Args:
        request: the declaration.
        cluster: a cluster that answers.
    """
    with connect(cluster) as session:
        return [
            *_setting_problems(request, cluster, session),
            *_name_problems(request, session),
            *_database_problems(request, session),
        ]


def _setting_problems(request: PreflightRequest, cluster: Cluster, session: Session) -> Iterator[str]:
    """Yield refused settings of the server; those of databases and roles are tried with the databases."""
    wanted = [each for each in request.settings if not each["of_session"]]
    parameters = read_parameters(session, [each["name"] for each in wanted])
    every = [row["name"] for row in session.rows("SELECT name FROM pg_catalog.pg_settings")] if wanted else []
    for each in wanted:
        parameter = parameters.get(each["name"].lower())
        problem = value_problem(each["name"], each["value"], parameter, cluster)
        if problem:
            meant = did_you_mean(each["name"].lower(), every) if parameter is None else ""
            yield f"{each['place']}: {problem}{meant}"


def _name_problems(request: PreflightRequest, session: Session) -> Iterator[str]:
    databases, roles = server_names(session)
    yield from missing_databases(request, databases, asked=True)
    yield from unknown_names(
        request.pairs, [*databases, *request.declared_databases], [*roles, *request.declared_roles], asked=True
    )


def missing_databases(request: PreflightRequest, databases: Sequence[str], *, asked: bool) -> Iterator[str]:
    """Yield each named database that is neither declared nor on the server, as a sentence.

    Args:
        request: the declaration.
        databases: names of those on the server.
        asked: whether a server was asked.
    """
    where = "neither declared nor on the server" if asked else "not declared, and there is no server yet"
    for each in request.named_databases:
        if each["name"] not in databases:
            meant = did_you_mean(each["name"], [*databases, *request.declared_databases])
            yield f"{each['place']} names database {each['name']!r}, which is {where}{meant}"


def _database_problems(request: PreflightRequest, session: Session) -> Iterator[str]:
    if not request.databases and not request.roles:
        return
    declaration = declare(request.databases, request.roles, request.public_connect)
    extensions = any(desired.extensions for desired in declaration.databases.values())
    try:
        state = read_cluster(session, list(declaration.roles), extensions=extensions)
    except PgsopError as error:
        yield f"pg_bootstrap_databases: {error.answer}"
        return
    _declaration, wrong = unfit(declaration, state, session)
    yield from (f"pg_bootstrap_databases: {problem}" for problem in wrong)
