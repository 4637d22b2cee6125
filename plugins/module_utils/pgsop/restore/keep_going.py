# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A restore that continues after errors: every row is loaded, and what cannot be restored is left out and listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ..connection import Session
from ..encoding import as_bytes, text_of
from ..errors import PgsopError
from . import toc
from .bound import Bound
from .omitted import Omitted
from .passes import Passes
from .pg_restore import RestoreTarget, replay, run_pass, script_of
from .plan import RestorePlan
from .relax import Relaxed
from .scratch import Scratch
from .toc import TocEntry

#: Kinds with statements that are definitions, and hold no passwords.
_SHOWN = frozenset(
    {
        *("constraint", "default", "function", "index", "policy", "privileges", "procedure", "row security", "rule"),
        *("sequence", "statistics", "table", "table attach", "trigger", "type", "view", "index attach"),
        *("materialized view", "materialized view data"),
    }
)
_TABLE_DATA = "table data"
_TABLES = """
SELECT c.oid::bigint AS oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
"""
_NAME = """
SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = %s
"""
_COPY = re.compile(r"\nCOPY (?P<table>(?:\"(?:[^\"]|\"\")*\"|[^\"(])+?) (?P<columns>\(.*\)) FROM stdin;\n")
_NEW_KEYS = "SELECT %s FROM pg_temp.pgsop_rows ON CONFLICT DO NOTHING;"
_ROWS_END = "\\.\n"
#: What pg_restore writes around the statements of an entry.
_BEGINS, _NAMED, _ENDS = "\n--\n-- ", "\n--\n\n", "\n--\n-- PostgreSQL database dump complete\n"


def load(
    target: RestoreTarget, plan: RestorePlan, scratch: Scratch, passes: Passes, waiting: Bound, *, jobs: int
) -> list[Omitted]:
    """Restore everything that can be restored.

    First with the empty search path of a dump, then with the one that the database had, then rows without the conditions that reject them.

    Args:
        target: the database and the dump.
        plan: of the restore.
        scratch: the same database.
        passes: the entries of the dump.
        waiting: gets the entries that cannot be restored before the database has its name.
        jobs: connections at the same time.

    Returns:
        The objects that are left out.

    Raises:
        PgsopError: rows of a table cannot be loaded in any way.
    """

    def failed(entries: Sequence[TocEntry], parallel: int) -> list[TocEntry]:
        numbers = {each.entry_id for each in run_pass(target, entries, jobs=parallel, exit_on_error=False)}
        found = [entry for entry in entries if entry.identifier in numbers]
        users = waiting.users(target, found)
        waiting.entries.extend(users)
        return [entry for entry in found if entry not in users]

    omitted = _restored_again(target, failed(passes.definitions, 1), plan.search_path)
    rejected = failed(passes.configuration, 1) + failed(passes.data, jobs)
    answers = [(entry, replay(target, [entry], search_path=plan.search_path)) for entry in rejected]
    with scratch.session() as session:
        relaxed = Relaxed(session)
        for entry, answer in answers:
            if answer:
                _relax(target, plan, relaxed, entry, answer)
        relaxed.add_again(plan.search_path)
    return omitted + relaxed.omitted + _restored_again(target, failed(passes.rest, jobs), plan.search_path)


def _relax(target: RestoreTarget, plan: RestorePlan, relaxed: Relaxed, entry: TocEntry, answer: str) -> None:
    kind, name = toc.kind_and_name(entry)
    table = _table(relaxed.session, entry, plan.encoding) if kind == _TABLE_DATA else None
    if table in plan.dump.rows_of_extensions:
        answer = replay(target, [entry], search_path=plan.search_path, edit=merged)
        kept = "rows with the same keys are those that the script of the extension inserted, not those of the dump"
        relaxed.omitted.extend([] if answer else [Omitted("rows", name, "", kept)])
    elif table is not None:
        answer = relaxed.load(table, lambda: replay(target, [entry], search_path=plan.search_path), answer)
    if answer:
        raise PgsopError(
            attempted="load the rows of a table",
            target=f"{name}, database {plan.dump.name}, {target.path}",
            answer=answer,
            next_step=f"restore another set, see 'pgsop backups'; more is at the end of {target.cluster.log_file}",
        )


def _table(session: Session, entry: TocEntry, encoding: str) -> str | None:
    """Return the name of an entry's table, quoted if needed. The dump has names as the bytes of the database."""
    with session.verbatim():
        every = session.rows(_TABLES)
    names = {row["oid"]: text_of(as_bytes(row["name"]), encoding) for row in every}
    oid = next((oid for oid, name in names.items() if toc.data_of([entry], {name: 0})), None)
    return None if oid is None else str(session.value(_NAME, [oid]))


def merged(script: str) -> str:
    """Return a script that adds only those rows of one table that have new keys (INSERT ... ON CONFLICT DO NOTHING).

    Args:
        script: with the rows of the table, as pg_restore writes it; one without COPY is returned as it is.
    """
    found = _COPY.search(script)
    if found is None:
        return script
    head, rows = script[: found.start()], script[found.end() :]
    rows, _end, tail = rows.rpartition(_ROWS_END)
    table, columns = found["table"], found["columns"]
    lines = [
        f"{head}\nCREATE TEMPORARY TABLE pgsop_rows AS TABLE {table} WITH NO DATA;",
        f"COPY pg_temp.pgsop_rows {columns} FROM stdin;",
        f"{rows}{_ROWS_END}INSERT INTO {table} {columns}",
        _NEW_KEYS % columns[1:-1],
        tail,
    ]
    return "\n".join(lines)


def _restored_again(target: RestoreTarget, entries: Iterable[TocEntry], search_path: str) -> list[Omitted]:
    """Restore entries one by one, with the search path that the database had; those that fail again are left out."""
    omitted = []
    for entry in entries:
        answer = replay(target, [entry], search_path=search_path)
        if answer:
            kind, name = toc.kind_and_name(entry)
            omitted.append(Omitted(kind, name, statement(target, entry) if kind in _SHOWN else "", answer))
    return omitted


def statement(target: RestoreTarget, entry: TocEntry) -> str:
    """Return the statements that restore an entry, without those that pg_restore sets before them."""
    _head, _begins, named = script_of(target, [entry]).partition(_BEGINS)
    return named.partition(_NAMED)[2].rpartition(_ENDS)[0].strip()
