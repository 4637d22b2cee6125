# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of migration tools that broke off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...activity.sessions import backends
from ...finding import OK, WARNING
from ...migrations.state import Run, collect_runs, tables_of_tools
from ..check import DATABASE, HiddenError, Measured, check
from ..context import DatabaseContext


@check(
    "migrations.stuck",
    sop="7",
    title="stuck migrations",
    scope=DATABASE,
    ok_message="no run of a migration tool is stuck",
    hint="see 'pgsop locks'",
)
def stuck(here: DatabaseContext) -> Iterator[Measured]:
    """Yield failed, dirty and locked runs from the tools' own tables; a database without such tables costs one query."""
    tables = tables_of_tools(here.session)
    if tables:
        yield from measured_runs(collect_runs(here.session, here.name, backends(here.session), tables))


def measured_runs(found: Iterable[Run]) -> Iterator[Measured]:
    """Yield the runs of migration tools in one database.

    Raises:
        HiddenError: after the last one, if the state of a run cannot be read.
    """
    hidden: list[Run] = []
    for run in found:
        name = f"{run.schema}.{run.tool}" if run.schema else run.tool
        if run.status == WARNING:
            yield Measured(name, run.since_s, run.message, WARNING, run.hint)
        elif run.status == OK:
            yield Measured(name, None, run.message)
        else:
            hidden.append(run)
    if hidden:
        raise HiddenError("; ".join(run.message for run in hidden))
