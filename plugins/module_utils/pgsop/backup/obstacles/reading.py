# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What functions read: relations and other functions, from their bodies and from the catalogs' dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ...connection import Session
from . import named as named_kinds
from .functions import Functions

#: Kind and number of an object.
Node = tuple[str, int]
#: Functions with a body that is stored parsed, the queries of views, and children of tables. A materialized view is read as it is: a restore fills it last.
#: A function of which only an argument has the type of a table depends on the table, too: of relations that are read, the stored body has ``:relid``.
_DEPENDENCIES = """
SELECT 'function' AS reader, d.objid AS reader_oid, d.refclassid = 'pg_proc'::regclass AS is_function, d.refobjid AS object
  FROM pg_depend d JOIN pg_proc p ON p.oid = d.objid AND p.prosrc = ''
 WHERE d.classid = 'pg_proc'::regclass AND d.objid = ANY (%(functions)s)
   AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass) AND d.refobjid >= 16384
   AND (d.refclassid = 'pg_proc'::regclass OR to_jsonb(p) ->> 'prosqlbody' LIKE format('%%%%:relid %%s %%%%', d.refobjid))
UNION SELECT 'relation', r.ev_class, d.refclassid = 'pg_proc'::regclass, d.refobjid
  FROM pg_rewrite r JOIN pg_class v ON v.oid = r.ev_class AND v.relkind = 'v'
  JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
 WHERE r.ev_class = ANY (%(relations)s) AND r.ev_type = '1'
   AND d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass) AND d.refobjid >= 16384 AND d.refobjid <> r.ev_class
UNION SELECT 'relation', inhparent, false, inhrelid FROM pg_inherits WHERE inhparent = ANY (%(relations)s)
 ORDER BY 1, 2, 3, 4
"""
_NUMBERS = """
SELECT u.schema, u.name, c.oid FROM unnest(%(schemas)s::text[], %(names)s::text[]) AS u(schema, name)
  JOIN pg_namespace n ON n.nspname = u.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = u.name
 WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm')
"""
FUNCTION, RELATION = "function", "relation"


@dataclass
class Reading:
    """What each function and view reads, as far as bodies and catalogs show it.

    Attributes:
        session: in the database.
        functions: of it.
    """

    session: Session
    functions: Functions
    _read_by: dict[Node, list[Node]] = field(default_factory=dict)

    def follow(self, oids: Iterable[int]) -> None:
        """Find what functions read, and what that reads.

        Args:
            oids: of the functions.
        """
        new: set[Node] = {(FUNCTION, oid) for oid in oids}
        while new:
            self.functions.read(oid for kind, oid in new if kind == FUNCTION)
            self._read_by.update({node: [] for node in new})
            for reader, read in [*self._by_text(new), *self._by_catalog(new)]:
                self._read_by[reader].append(read)
            new = {read for node in new for read in self._read_by[node] if read not in self._read_by}

    def relations(self, oid: int) -> Sequence[tuple[int, int]]:
        """Return pairs of a function and a relation that it reads, for a function and those that it calls.

        Reads through views count, too.

        Args:
            oid: of the function; follow() must have found what it reads.
        """
        return list(dict.fromkeys(self._walk((FUNCTION, oid), oid, set())))

    def _walk(self, node: Node, reader: int, seen: set[Node]) -> Iterator[tuple[int, int]]:
        for read in self._read_by.get(node, ()):
            if read not in seen:
                seen.add(read)
                kind, oid = read
                if kind == RELATION:
                    yield reader, oid
                yield from self._walk(read, oid if kind == FUNCTION else reader, seen)

    def _by_text(self, nodes: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
        relations: dict[tuple[str, str], list[Node]] = {}
        for node in nodes:
            function = self.functions.find(node[1]) if node[0] == FUNCTION else None
            for named in function.names if function is not None else ():
                schema = self.functions.schema_of(function, named) if function is not None else ""
                if named.kind == named_kinds.RELATION and named.read and schema:
                    relations.setdefault((schema, named.name), []).append(node)
                elif named.kind == named_kinds.FUNCTION and schema:
                    called = self.functions.called(named, schema)
                    if called is not None:
                        yield node, (FUNCTION, called.oid)
        if relations:
            schemas, names = zip(*relations, strict=False)
            for row in self.session.rows(_NUMBERS, {"schemas": list(schemas), "names": list(names)}):
                for node in relations[row["schema"], row["name"]]:
                    yield node, (RELATION, row["oid"])

    def _by_catalog(self, nodes: Iterable[Node]) -> Iterator[tuple[Node, Node]]:
        by_kind: dict[str, list[int]] = {FUNCTION: [], RELATION: []}
        for kind, oid in sorted(nodes):
            by_kind[kind].append(oid)
        parameters = {"functions": by_kind[FUNCTION], "relations": by_kind[RELATION]}
        for row in self.session.rows(_DEPENDENCIES, parameters):
            yield (row["reader"], row["reader_oid"]), (FUNCTION if row["is_function"] else RELATION, row["object"])
