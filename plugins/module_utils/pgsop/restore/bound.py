# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Extensions that exist in one database of a cluster only, which a setting names: no copy of that database can have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..backup import objects
from ..cluster import Cluster
from ..connection import Session, connect, without_event_triggers
from . import toc
from .omitted import Omitted
from .pg_restore import RestoreTarget, replay, script_of
from .plan import RestorePlan
from .toc import TocEntry

#: By extension, the setting that names its database, and the schema that it fills. pg_cron 1.6 compares current_database() with the setting
#: in its script, and its worker runs the jobs of that database only.
_SETTINGS: dict[str, tuple[str, str]] = {"pg_cron": ("cron.database_name", "cron")}

_COUNT = "SELECT count(*) FROM %s"


@dataclass(frozen=True)
class Bound:
    """The entries of a database that wait until the restored database has its name.

    Attributes:
        extensions: the extensions that are bound to a name.
        entries: their entries, and those of objects that use them, in the order of the dump.
    """

    extensions: tuple[str, ...]
    entries: list[TocEntry] = field(default_factory=list)

    def part(self, entries: Iterable[TocEntry]) -> list[TocEntry]:
        """Return the entries of these extensions."""
        return [entry for entry in entries if any(_is_of(entry, name) for name in self.extensions)]

    def users(self, target: RestoreTarget, failed: Iterable[TocEntry]) -> list[TocEntry]:
        """Return entries that failed because they use waiting objects, directly or through one another."""
        tables = {toc.kind_and_name(entry)[1] for entry in self.entries}
        names = {f"{_SETTINGS[name][1]}." for name in self.extensions} | tables
        found = []
        for entry in failed:
            kind, name = toc.kind_and_name(entry)
            # The script of data is as large as the data, and names nothing but its table.
            uses = name in names if kind == "table data" else any(part in script_of(target, [entry]) for part in names)
            if uses:
                found.append(entry)
                names.add(name)
        return found

    def explains(self, kind: str, name: str) -> bool:
        """Return whether an object is missing because its entry waits.

        Args:
            kind: of the object, as descriptions call it; empty for a table or sequence.
            name: of the object, with its schema.
        """
        if (kind, name) in {("extension", each) for each in self.extensions}:
            return True
        plain = name.replace('"', "")
        schemas = {_SETTINGS[extension][1] for extension in self.extensions}
        if kind == "default privileges":
            # Role, schema and kind of objects.
            return plain.split(" ")[-2] in schemas
        if kind == "privileges":
            # Kind and name of the object.
            words = plain.split(" ")[1:]
            return words[:1] in [[each] for each in (*schemas, *self.extensions)] or any(
                word.startswith(f"{schema}.") for word in words for schema in schemas
            )
        waiting = schemas | {toc.kind_and_name(entry)[1] for entry in self.entries}
        return any(plain == prefix or plain.startswith(f"{prefix}.") for prefix in waiting)


def bound(plan: RestorePlan) -> Bound:
    """Return the extensions of a dump that are bound to the name of their database."""
    return Bound(tuple(sorted(set(plan.dump.extensions) & set(_SETTINGS))))


def home_of(session: Session, extension: str) -> str:
    """Return the database in which an extension works on this server; empty if the server does not load it."""
    return str(session.value("SELECT coalesce(current_setting(%s, true), '')", [_SETTINGS[extension][0]]))


def restore(target: RestoreTarget, plan: RestorePlan, waiting: Bound) -> tuple[list[Omitted], list[str]]:
    """Restore the waiting entries, after the database got its name.

    Returns:
        What could not be restored, and warnings: in a database of another name the extensions are left out, as they must be.

    Raises:
        PgsopError: the server does not answer.
    """
    omitted: list[Omitted] = []
    warnings: list[str] = []
    with connect(target.cluster) as session:
        homes = {name: home_of(session, name) for name in waiting.extensions}
    for name, home in homes.items():
        own = [entry for entry in waiting.entries if _is_of(entry, name)]
        if home != target.database:
            warnings.append(_elsewhere(plan, name, home, target.database))
            continue
        answer = replay(target, own)
        if answer:
            omitted.append(Omitted("extension", name, f"CREATE EXTENSION {name};", answer))
    if warnings:
        return omitted, warnings
    rest = [entry for entry in waiting.entries if not any(_is_of(entry, name) for name in waiting.extensions)]
    answers = [(entry, replay(target, [entry])) for entry in rest]
    omitted += [Omitted(*toc.kind_and_name(entry), "", answer) for entry, answer in answers if answer]
    return omitted or _still_missing(target.cluster, plan, waiting, target.database), warnings


def left_out(plan: RestorePlan, waiting: Bound) -> list[str]:
    """Return warnings about the extensions that a temporary copy does not have."""
    return [_elsewhere(plan, name, plan.dump.name, "a copy") for name in waiting.extensions]


def _elsewhere(plan: RestorePlan, extension: str, home: str, target: str) -> str:
    rows = sum(plan.dump.rows_of_extensions.get(table, 0) for table in _tables(plan, extension))
    where = f"works in database {home} only ({_SETTINGS[extension][0]})" if home else "is not loaded by this server"
    return f"extension {extension} {where}: it and its {rows} rows are not restored into {target}, and neither is what uses it"


def _tables(plan: RestorePlan, extension: str) -> Iterator[str]:
    return (table for table in plan.dump.rows_of_extensions if table.startswith(f"{_SETTINGS[extension][1]}."))


def _still_missing(cluster: Cluster, plan: RestorePlan, waiting: Bound, database: str) -> list[Omitted]:
    """Compare again: the objects and rows that were not compared before."""
    with connect(cluster, database, without_event_triggers(cluster)) as session:
        found = objects.describe(session, plan.dump.description_form)
        lost = [
            Omitted(kind, name, "", "it is not there after its extension was restored")
            for kind, names in plan.objects.items()
            for name in names
            if name not in found.get(kind, {}) and waiting.explains(kind, name)
        ]
        for name in waiting.extensions:
            for table in _tables(plan, name):
                rows = int(session.value(_COUNT % table))
                if rows < plan.dump.rows_of_extensions[table]:
                    lost.append(
                        Omitted("rows", table, "", f"it has {rows} rows, of {plan.dump.rows_of_extensions[table]}")
                    )
    return lost


def _is_of(entry: TocEntry, extension: str) -> bool:
    _kind, name = toc.kind_and_name(entry)
    schema = _SETTINGS[extension][1]
    return name in (extension, f"EXTENSION {extension}", f"SCHEMA {schema}") or name.startswith(f"{schema}.")
