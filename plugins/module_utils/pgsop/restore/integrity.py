# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of a drill beside the comparison: whole indexes, whole tables, and true assertions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..backup.config import Assertion
from ..connection import Session
from ..errors import PgsopError, ServerError
from .compare import each
from .plan import RestorePlan
from .scratch import Scratch

_AVAILABLE = "SELECT 1 FROM pg_available_extensions WHERE name = 'amcheck'"
_INSTALLED = "SELECT quote_ident(nspname) AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'amcheck'"
_INDEXES = """
SELECT c.oid, c.oid::regclass::text AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relkind = 'i' AND i.indisvalid AND c.relpersistence <> 't' AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
 ORDER BY c.relpages DESC
"""
_TABLES = """
SELECT c.oid, c.oid::regclass::text AS name FROM pg_class c
 WHERE c.relkind IN ('r', 'm', 't') AND c.relpersistence <> 't' AND c.relam = (SELECT oid FROM pg_am WHERE amname = 'heap')
 ORDER BY c.relpages DESC
"""
_CHECK_INDEX = "SELECT {}.bt_index_check(%s::oid, true)"
_CHECK_TABLE = "SELECT msg FROM {}.verify_heapam(%s::oid)"
#: Since when tables can be checked.
_TABLES_SINCE = 14


def check_storage(plan: RestorePlan, scratch: Scratch, *, jobs: int, tick: Callable[[str], None]) -> dict[str, int]:
    """Check every B-tree index and, from version 14 on, every table with amcheck.

    Args:
        plan: of the restore.
        scratch: the restored database.
        jobs: indexes or tables that are checked at the same time.
        tick: called with a text about the progress.

    Returns:
        Their numbers by indexes_checked and tables_checked; empty if the host does not have amcheck.

    Raises:
        PgsopError: an index or table is damaged; the first that is found.
    """
    with scratch.session() as session:
        if not session.rows(_AVAILABLE):
            return {}
        if not session.rows(_INSTALLED):
            session.execute("CREATE EXTENSION amcheck SCHEMA pg_catalog")
        schema = session.value(_INSTALLED)
        indexes = {str(row["oid"]): row["name"] for row in session.rows(_INDEXES)}
        tables = {str(row["oid"]): row["name"] for row in session.rows(_TABLES)} if plan.major >= _TABLES_SINCE else {}
    index, table = _CHECK_INDEX.format(schema), _CHECK_TABLE.format(schema)

    def check_index(session: Session, oid: str) -> None:
        try:
            # Its expression computes from rows.
            session.tuples(index, [oid])
        except ServerError as error:
            raise _broken(plan, f"index {indexes[oid]}", error.answer) from error

    def check_table(session: Session, oid: str) -> None:
        found = session.rows(table, [oid])
        if found:
            raise _broken(plan, f"table {tables[oid]}", "; ".join(row["msg"] for row in found[:3]))

    each(scratch, list(indexes), check_index, jobs, lambda done: tick(f"checking indexes, {done} of {len(indexes)}"))
    each(scratch, list(tables), check_table, jobs, lambda done: tick(f"checking tables, {done} of {len(tables)}"))
    return {"indexes_checked": len(indexes), "tables_checked": len(tables)}


def check_assertions(plan: RestorePlan, scratch: Scratch, assertions: Sequence[Assertion]) -> int:
    """Run the declared assertions of a database, read only, and return their number.

    Raises:
        PgsopError: with every assertion that is not true.
    """
    wanted = [assertion for assertion in assertions if assertion.database == plan.dump.name]
    wrong = [problem for assertion in wanted for problem in _problems(plan, scratch, assertion)]
    if wrong:
        raise PgsopError(
            attempted="find true what the configuration asserts",
            target=f"database {plan.dump.name} of set {plan.stored.name}",
            answer="; ".join(wrong),
            next_step="look whether the data or the assertion is wrong: restore the database beside, and run the query there",
        )
    return len(wanted)


def _problems(plan: RestorePlan, scratch: Scratch, assertion: Assertion) -> Iterator[str]:
    name = assertion.name or assertion.sql
    with scratch.session(verbatim=False) as session:
        session.rows("SELECT set_config('search_path', %s, false)", [plan.search_path])
        session.execute("BEGIN READ ONLY")
        try:
            answers = session.tuples(assertion.sql)
        except ServerError as error:
            yield f"assertion '{name}' failed: {error.answer}"
            return
        except (ValueError, OverflowError):
            yield f"assertion '{name}' failed: the driver cannot read the answer"
            return
    # Not ==, for which 1 is true as well.
    if len(answers) != 1 or len(answers[0]) != 1 or answers[0][0] is not True:
        yield f"assertion '{name}' answered {_describe(answers)} instead of true"


def _describe(answers: Sequence[tuple[Any, ...]]) -> str:
    """Return the answer, or only its type: a value may be a row's."""
    if len(answers) == 1 and len(answers[0]) == 1:
        (value,) = answers[0]
        if value is None or value is False:
            return "NULL" if value is None else "false"
        return f"a value of type {type(value).__name__}"
    return f"{len(answers)} rows of {len(answers[0])} columns" if answers else "no row"


def _broken(plan: RestorePlan, what: str, answer: str) -> PgsopError:
    return PgsopError(
        attempted="check the restored database",
        target=f"{what} of database {plan.dump.name}",
        answer=answer,
        next_step="it was built a moment ago, so look at memory and disk: dmesg, and pg_amcheck on the live database",
    )
