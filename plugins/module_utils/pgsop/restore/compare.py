# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare a restored database with the manifest: objects, rows, sequences, large objects."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from ..backup import objects
from ..backup.objects import Description
from ..connection import Session
from ..errors import ServerError
from .plan import RestorePlan
from .scratch import Scratch

#: Kinds with objects of the system, which another major version may have differently.
_OF_THE_SYSTEM = frozenset({"privileges", "security label"})
_RELATIONS = """
SELECT c.relkind::text AS kind, quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       (SELECT quote_ident(m.nspname) || '.' || quote_ident(r.relname) FROM pg_class r JOIN pg_namespace m ON m.oid = r.relnamespace
         WHERE r.oid = coalesce(pg_partition_root(c.oid), c.oid)) AS root
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'S') AND c.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
_LARGE_OBJECTS = "SELECT count(*) FROM pg_largeobject_metadata"
_COUNT = "SELECT pg_catalog.count(*) FROM ONLY %s"
_SET_PATH = "SELECT pg_catalog.set_config('search_path', %s, false)"
#: Class of the errors of a statement that cannot be planned.
_PLANNING = "42"
_STATE = "SELECT %d AS number, last_value, is_called FROM %s"
_BATCH = 200


@dataclass
class Comparison:
    """The result of a comparison.

    Attributes:
        differences: rows, sequences and large objects that are missing or have another number, as sentences; empty if they are equal.
        lost: objects that are missing, by kind and name.
        surplus: objects that were not in the database, as sentences.
        changed: objects that are defined differently, as sentences.
        warnings: differences that come from another version of the server.
        compared: number of tables, rows, sequences, indexes, constraints, objects and large_objects that were compared.
    """

    differences: list[str] = field(default_factory=list)
    lost: list[tuple[str, str]] = field(default_factory=list)
    surplus: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    compared: dict[str, int] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """Return everything that is missing, surplus, or has another number, as sentences."""
        return [*(f"{kind} {name} is missing" for kind, name in self.lost), *self.surplus, *self.differences]


def compare(
    plan: RestorePlan, scratch: Scratch, *, jobs: int, tick: Callable[[str], None], waits: Callable[[str, str], bool]
) -> Comparison:
    """Compare a restored database with its dump's entry in the manifest.

    Args:
        plan: with the manifest and the descriptions of objects.
        scratch: the restored database.
        jobs: tables that are counted at the same time.
        tick: called with a text about the progress.
        waits: whether an object, by kind and name, is not restored yet.

    Raises:
        PgsopError: the restored database cannot be read.
    """
    result = Comparison()
    with scratch.session() as session:
        tick("comparing objects")
        found = objects.describe(session, plan.dump.description_form)
        _compare_objects(plan, found, result, waits)
        relations = session.rows(_RELATIONS)
        there = {(row["kind"], row["name"]) for row in relations}
        sequences = {name: state for name, state in plan.dump.sequences.items() if ("S", name) in there}
        result.differences += sequence_differences(sequences, _sequences(session, sequences))
        large_objects = int(session.value(_LARGE_OBJECTS))
    if large_objects != plan.dump.large_objects:
        result.differences.append(f"there are {large_objects} large objects and were {plan.dump.large_objects}")
    every = (*plan.dump.rows, *plan.dump.rows_of_extensions)
    counted = count(scratch, [name for name in every if ("r", name) in there], jobs, tick, plan.search_path)
    wanted = {name: rows for name, rows in plan.dump.rows.items() if name in counted}
    result.differences += _compare_rows(plan, wanted, counted, {row["name"]: row["root"] for row in relations})
    lost = sorted({*plan.dump.rows, *plan.dump.sequences} - {name for _kind, name in there})
    result.differences += [f"{name} is missing" for name in lost if not waits("", name)]
    result.compared.update(tables=len(wanted), rows=sum(map(counted.__getitem__, wanted)), sequences=len(sequences))
    result.compared.update(_counts(found), large_objects=large_objects)
    return result


def _counts(found: Description) -> dict[str, int]:
    numbers = objects.counts(found)
    return {
        "indexes": numbers.get("index", 0),
        "constraints": numbers.get("constraint", 0),
        "objects": sum(numbers.values()),
    }


def _compare_rows(
    plan: RestorePlan, wanted: Mapping[str, int], counted: Mapping[str, int], roots: Mapping[str, str]
) -> list[str]:
    partly = {name: rows for name, rows in plan.dump.rows_of_extensions.items() if name in counted}
    found = {**counted, **by_root({name: counted[name] for name in wanted}, roots)}
    return row_differences(by_root(wanted, roots), partly, found)


def _compare_objects(
    plan: RestorePlan, found: Description, result: Comparison, waits: Callable[[str, str], bool]
) -> None:
    skipped = () if plan.tablespaces and plan.default_tablespace else ("tablespace",)
    other = plan.major != plan.dumped_major
    lost, surplus, changed = object_differences(plan.objects, found, other_major=other, skipped=skipped)
    result.lost += [(kind, name) for kind, name in lost if not waits(kind, name)]
    result.surplus += [f"{kind} {name} was not there" for kind, name in surplus]
    if not other:
        result.changed += [f"{kind} {name} is not as it was" for kind, names in changed.items() for name in names]
    elif changed:
        kinds = ", ".join(f"{len(names)} of kind {kind}" for kind, names in changed.items())
        result.warnings.append(
            f"version {plan.major} shows some definitions otherwise than version {plan.dumped_major} did,"
            f" so only names were compared: {kinds}"
        )


def object_differences(
    wanted: Description, found: Description, *, other_major: bool = False, skipped: Iterable[str] = ()
) -> tuple[list[tuple[str, str]], list[tuple[str, str]], dict[str, list[str]]]:
    """Return missing and surplus objects, by kind and name, and by kind the names of objects that are defined differently.

    Args:
        wanted: as it was dumped.
        found: as it was restored.
        other_major: whether the server is of another version, and has other objects of its own.
        skipped: kinds that are not compared.
    """
    lost: list[tuple[str, str]] = []
    surplus: list[tuple[str, str]] = []
    redefined: dict[str, list[str]] = {}
    kinds = sorted({*wanted, *found} - {*skipped, *(_OF_THE_SYSTEM if other_major else ())})
    for kind in kinds:
        before, after = wanted.get(kind, {}), found.get(kind, {})
        lost += [(kind, name) for name in sorted(set(before) - set(after))]
        surplus += [(kind, name) for name in sorted(set(after) - set(before))]
        changed = sorted(name for name in set(before) & set(after) if before[name] != after[name])
        if changed:
            redefined[kind] = changed
    return lost, surplus, redefined


def sequence_differences(wanted: Mapping[str, Sequence[Any]], found: Mapping[str, Sequence[Any]]) -> list[str]:
    """Return sequences with another last value, as sentences. Values are pairs: the last value, and whether it was used."""
    return [
        f"sequence {name} is at {found[name][0]}{'' if found[name][1] else ', unused'} and was at {last}{'' if used else ', unused'}"
        for name, (last, used) in sorted(wanted.items())
        if tuple(found[name]) != (last, used)
    ]


def by_root(rows: Mapping[str, int], roots: Mapping[str, str]) -> dict[str, int]:
    """Return rows by whole table, with the rows of partitions added to their root (the table itself if it is not a partition).

    The hash of an enum differs in each database, so such rows come back into other partitions; for all other partitions the server itself
    checks that a row is in the right one.
    """
    totals: dict[str, int] = {}
    for name, number in rows.items():
        totals[roots[name]] = totals.get(roots[name], 0) + number
    return totals


def row_differences(wanted: Mapping[str, int], partly: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """Return tables with another number of rows, as sentences.

    Tables of extensions (partly) may have more rows than were dumped: those that the extension's script inserts.
    """
    differences = [
        f"table {name} has {found[name]} rows and had {rows}"
        for name, rows in sorted(wanted.items())
        if found[name] != rows
    ]
    return differences + [
        f"table {name} has {found[name]} rows, of which {rows} were dumped"
        for name, rows in sorted(partly.items())
        if found[name] < rows
    ]


def count(
    scratch: Scratch, tables: Sequence[str], jobs: int, tick: Callable[[str], None], search_path: str = ""
) -> dict[str, int]:
    """Return the exact number of rows of each table, without rows of tables that inherit from it.

    Args:
        scratch: the restored database.
        tables: their names, quoted if needed.
        jobs: tables that are counted at the same time.
        tick: called with a text about the progress.
        search_path: of the database. A query of a table is planned with the expressions of its indexes, and these may need it.

    Raises:
        PgsopError: a table cannot be read to its end.
    """

    def one(session: Session, name: str) -> int:
        try:
            return int(session.value(_COUNT % name))
        except ServerError as error:
            if not search_path or not (error.code or "").startswith(_PLANNING):
                raise
        with session.verbatim():
            session.rows(_SET_PATH, [search_path])
        return int(session.value(_COUNT % name))

    return each(scratch, tables, one, jobs, lambda done: tick(f"counting rows, {done} of {len(tables)} tables"))


def each(
    scratch: Scratch,
    names: Sequence[str],
    work: Callable[[Session, str], Any],
    jobs: int,
    tick: Callable[[int], None] = lambda _done: None,
) -> dict[str, Any]:
    """Call a function for each name, several at the same time, each in a session of its own, and return the results by name.

    Raises:
        PgsopError: a call fails; then all sessions in the database are ended.
    """
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    for name in names:
        waiting.put(name)
    results: dict[str, Any] = {}

    def worker() -> None:
        with scratch.session() as session:
            while True:
                try:
                    name = waiting.get_nowait()
                except queue.Empty:
                    return
                results[name] = work(session, name)

    with ThreadPoolExecutor(max(1, min(jobs, len(names)))) as pool:
        running = [pool.submit(worker) for _number in range(max(1, min(jobs, len(names))))]
        try:
            _wait(running, lambda: tick(len(results)))
        except BaseException:
            # The others are in the middle of something long.
            _empty(waiting)
            scratch.disconnect()
            raise
    return results


def _wait(running: Iterable[Future[None]], tick: Callable[[], None]) -> None:
    # In pieces, so that a signal is heeded in between; and the first failure ends it, not that of the first.
    pending = set(running)
    while pending:
        done, pending = wait(pending, timeout=0.5, return_when=FIRST_EXCEPTION)
        for future in done:
            future.result()
        tick()


def _empty(waiting: queue.SimpleQueue[str]) -> None:
    while not waiting.empty():
        try:
            waiting.get_nowait()
        except queue.Empty:
            return


def _sequences(session: Session, names: Iterable[str]) -> dict[str, tuple[int, bool]]:
    found: dict[str, tuple[int, bool]] = {}
    listed = list(names)
    for start in range(0, len(listed), _BATCH):
        batch = listed[start : start + _BATCH]
        parts = [_STATE % (number, name) for number, name in enumerate(batch)]
        for row in session.rows(" UNION ALL ".join(parts)):
            found[batch[row["number"]]] = (int(row["last_value"]), bool(row["is_called"]))
    return found
