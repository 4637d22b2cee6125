# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions as a restore calls them: with an empty search_path, so that names without a schema are those of pg_catalog only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...connection import Session
from ...sql import split_identifiers
from . import named as named_kinds
from .body_names import names_in
from .named import Named
from .operators import operators_of_types
from .search_path import SearchPath
from .sql_text import QUOTED, STRING, WORD, SqlToken, tokens
from .views import called_by_views
from .words import NOT_INLINED

_FUNCTIONS = """
SELECT p.oid, n.nspname AS schema, p.proname AS name, p.oid::regprocedure::text AS signature, l.lanname AS language, p.prosrc AS body,
       coalesce(p.proargnames, '{}') AS argument_names, p.proargtypes::oid[] AS inputs,
       coalesce(p.proallargtypes, p.proargtypes::oid[]) AS types, p.pronargs - p.pronargdefaults AS least,
       CASE WHEN p.provariadic <> 0 THEN 1000 ELSE p.pronargs END AS most, p.prosecdef OR p.proretset AS kept_apart, p.provolatile = 'i' AS immutable,
       (SELECT substr(s, length('search_path=') + 1) FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%%') AS path,
       (SELECT e.extname FROM pg_depend d JOIN pg_extension e ON e.oid = d.refobjid
         WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') AS extension
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
 WHERE p.oid >= 16384 AND p.prokind = 'f' AND (p.oid = ANY (%(oids)s) OR p.proname = ANY (%(names)s))
"""
#: Objects by name, in the schemas of the search path and in pg_catalog.
_OBJECTS = """
SELECT o.kind, o.name::text, n.nspname::text AS schema FROM (
    SELECT 'relation' AS kind, relname AS name, relnamespace AS space FROM pg_class
     WHERE relname = ANY (%(relation)s) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL SELECT 'function', proname, pronamespace FROM pg_proc WHERE proname = ANY (%(function)s)
    UNION ALL SELECT 'type', typname, typnamespace FROM pg_type WHERE typname = ANY (%(type)s)
    UNION ALL SELECT 'operator', oprname, oprnamespace FROM pg_operator WHERE oprname = ANY (%(operator)s)
    UNION ALL SELECT 'text search configuration', cfgname, cfgnamespace FROM pg_ts_config WHERE cfgname = ANY (%(text search configuration)s)
    UNION ALL SELECT 'text search dictionary', dictname, dictnamespace FROM pg_ts_dict WHERE dictname = ANY (%(text search dictionary)s)
) o JOIN pg_namespace n ON n.oid = o.space
"""
#: Numbers of types that the server does not have itself.
_FIRST_OF_USERS = 16384
_KINDS = (
    named_kinds.RELATION,
    named_kinds.FUNCTION,
    named_kinds.TYPE,
    named_kinds.OPERATOR_NAME,
    named_kinds.CONFIGURATION,
    named_kinds.DICTIONARY,
)


@dataclass(frozen=True)
class Unresolved:
    """A name without a schema that a restore does not find.

    Attributes:
        function: the function with the name in its body.
        named: the name.
        schema: in which the name is found today.
    """

    function: Function
    named: Named
    schema: str


@dataclass(frozen=True)
class Function:
    """A function and the names in its body.

    Attributes:
        oid: its OID.
        schema: its schema.
        name: without its schema.
        signature: schema, name and types, as ALTER FUNCTION takes them.
        readable: whether its body can be read and names in it must be found by the session's search_path.
        inlined: whether the planner merges its body into the calling statement; then the names are needed without a call.
        immutable: whether the planner calls it, if all arguments are constants.
        least: arguments that a call must have.
        most: arguments that a call may have.
        extension: which one made it; empty for other functions.
        path: its own search_path; without one, unknown if the body sets one or catches errors.
        names: that stand in its body.
        types: of arguments, by ``$1`` and by name.
    """

    oid: int
    schema: str
    name: str
    signature: str
    readable: bool
    inlined: bool
    immutable: bool
    least: int
    most: int
    extension: str
    path: tuple[str, ...] | None = None
    names: tuple[Named, ...] = ()
    types: Mapping[str, int] = field(default_factory=dict, compare=False)


@dataclass
class Functions:
    """Functions of the connected database, read when they are needed.

    Attributes:
        session: in the database.
        path: in which names are found today.
    """

    session: Session
    path: SearchPath
    _known: dict[int, Function] = field(default_factory=dict)
    _named: set[str] = field(default_factory=set)
    _objects: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _views: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    _operators: dict[tuple[str, int], set[str]] = field(default_factory=dict)

    def read(self, oids: Iterable[int]) -> None:
        """Read functions by OID, and those that they call, as far as bodies show it."""
        new = self._fetch(list(oids), [])
        while new:
            called = {named.name for each in new for named in each.names if named.kind == named_kinds.FUNCTION}
            new = self._fetch(self._by_views(new), sorted(called - self._named))
            self._named |= called
        self._resolve()

    def get(self, oid: int) -> Function:
        """Return a function by its OID. Raise KeyError if it was not read."""
        return self._known[oid]

    def find(self, oid: int) -> Function | None:
        """Return a function by its OID; None if it was not read, such as an aggregate, or a function of the server."""
        return self._known.get(oid)

    def unresolved(
        self, function: Function, seen: set[int] | None = None, *, planned: bool = False
    ) -> list[Unresolved]:
        """Return names that a call of a function does not find in a restore.

        Args:
            function: the function; those that it calls are searched, too.
            seen: OIDs of functions that were searched already.
            planned: only names that planning the call needs.
        """
        seen = set() if seen is None else seen
        if function.oid in seen or not function.readable:
            return []
        seen.add(function.oid)
        found: list[Unresolved] = []
        for named in function.names:
            schema = self._lost(function, named)
            called = self.called(named)
            if schema:
                found.append(Unresolved(function, named, schema))
            elif called is not None and (not planned or called.inlined):
                found += self.unresolved(called, seen, planned=planned)
            elif called is not None and called.immutable and named.arguments == 0:
                found += self.unresolved(called, seen)
            for oid in self._views.get((named.schema, named.name), ()) if named.read else ():
                found += self.unresolved(self._known[oid], seen) if oid in self._known else []
        return found

    def _fetch(self, oids: list[int], names: list[str]) -> list[Function]:
        rows = self.session.rows(_FUNCTIONS, {"oids": oids, "names": names}) if oids or names else []
        new = [_function(**row) for row in rows if row["oid"] not in self._known]
        self._known.update({each.oid: each for each in new})
        return new

    def _by_views(self, functions: Iterable[Function]) -> list[int]:
        """Return the OIDs of functions in the views that these functions read."""
        read = {(named.schema, named.name) for each in functions for named in each.names if named.read and named.schema}
        new = called_by_views(self.session, read - set(self._views))
        self._views.update({**{key: [] for key in read - set(self._views)}, **new})
        return sorted({oid for oids in new.values() for oid in oids})

    def _resolve(self) -> None:
        wanted: dict[str, list[str]] = {kind: [] for kind in _KINDS}
        for each in self._known.values():
            for named in each.names:
                if not named.schema:
                    wanted[named.kind].append(named.name)
        for row in self.session.rows(_OBJECTS, {kind: sorted(set(names)) for kind, names in wanted.items()}):
            self._objects.setdefault((row["kind"], row["name"]), set()).add(row["schema"])
        of_types = {
            (named.name, each.types.get(named.operand, 0))
            for each in self._known.values()
            for named in each.names
            if each.types.get(named.operand, 0) >= _FIRST_OF_USERS
        }
        self._operators = operators_of_types(self.session, of_types)

    def _lost(self, function: Function, named: Named) -> str:
        """Return the schema in which a name is found today and not in a restore; empty if both are the same."""
        if named.schema:
            return ""
        schemas = self._objects.get((named.kind, named.name), set())
        if "pg_catalog" in schemas:
            schemas = self._operators.get((named.name, function.types.get(named.operand, 0)), set())
        return next((each for each in self.path.schemas if each in schemas), "")

    def schema_of(self, function: Function, named: Named) -> str:
        """Return the schema in which a function finds a name once its search_path is right; empty if that is not known.

        The name is of a relation or function.
        """
        if named.schema:
            return named.schema
        schemas = self._objects.get((named.kind, named.name), set())
        path = function.path if function.path is not None else self.path.schemas * function.readable
        return "" if "pg_catalog" in schemas else next((each for each in path if each in schemas), "")

    def called(self, named: Named, schema: str = "") -> Function | None:
        """Return the function that a name calls, if exactly one fits by schema, name and number of arguments.

        Args:
            named: the call.
            schema: used if the body has no schema.
        """
        place = named.schema or schema
        if named.kind != named_kinds.FUNCTION or not place:
            return None
        fit = [
            each
            for each in self._known.values()
            if (each.schema, each.name) == (place, named.name) and each.least <= named.arguments <= each.most
        ]
        return fit[0] if len(fit) == 1 else None


def _function(
    *,
    oid: int,
    schema: str,
    name: str,
    signature: str,
    language: str,
    body: str,
    argument_names: Sequence[str],
    inputs: Sequence[int],
    types: Sequence[int],
    least: int,
    most: int,
    kept_apart: bool,
    immutable: bool,
    path: str | None,
    extension: str | None,
) -> Function:
    text = tokens(body) if language in ("sql", "plpgsql") else []
    names = tuple(names_in(text, plpgsql=language == "plpgsql", known=set(argument_names)))
    readable = bool(text) and path is None and not _decides_itself(text)
    inlined = language == "sql" and path is None and not kept_apart and _one_expression(text)
    own = None if path is None else tuple(split_identifiers(path))
    by_name = {
        **dict(zip(argument_names, types, strict=False)),
        **{f"${place}": type_ for place, type_ in enumerate(inputs, 1)},
    }
    return Function(
        oid, schema, name, signature, readable, inlined, immutable, least, most, extension or "", own, names, by_name
    )


def _decides_itself(body: Sequence[SqlToken]) -> bool:
    """Whether the body sets a search path, or catches the error of a name that is not found: then only a call shows the outcome."""
    for token, behind in zip(body, [*body[1:], None], strict=False):
        if token.kind in (WORD, QUOTED, STRING) and "search_path" in token.text.lower():
            return True
        if token == SqlToken(WORD, "exception") and behind == SqlToken(WORD, "when"):
            return True
    return False


def _one_expression(body: Sequence[SqlToken]) -> bool:
    depth = 0
    for index, token in enumerate(body):
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "sign" else 0
        if depth == 0 and token.kind == WORD and token.text in NOT_INLINED:
            return False
        if token.text == ";" and token.kind == "sign" and index + 1 < len(body):
            return False
    return bool(body) and body[0] == SqlToken(WORD, "select")
