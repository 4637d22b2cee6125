# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions that a restore calls and that need a search_path, which a restore leaves empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...connection import Session
from ...sql import join_identifiers, quote_identifier
from .constant_calls import called_with_constants
from .evaluated import Evaluated, evaluated, has_rows
from .functions import Functions, Unresolved
from .named import OPERATOR_NAME
from .obstacle import Obstacle
from .report import listed
from .search_path import SearchPath, search_path


def unqualified_names(session: Session) -> Sequence[Obstacle]:
    """Return objects that a restore cannot create or fill, because a function names objects without their schema.

    A name counts if an object of that name is in a schema of the search path and not in pg_catalog. Names that only a call shows, such as those
    in a dynamic statement, do not count.
    """
    candidates = evaluated(session)
    if not candidates:
        return ()
    functions = Functions(session, search_path(session))
    functions.read({each.function for each in candidates})
    by_object: dict[tuple[str, str], list[Unresolved]] = {}
    problems: dict[int, list[Unresolved]] = {}
    filled: dict[int, bool] = {0: True}
    for each in candidates:
        if each.function not in problems:
            problems[each.function] = functions.unresolved(functions.get(each.function))
        found = problems[each.function] and _needed(session, each, functions, problems[each.function], filled)
        if found:
            by_object.setdefault((each.kind, each.name), []).extend(found)
    return [_obstacle(kind, name, found, functions.path) for (kind, name), found in by_object.items()]


def _needed(
    session: Session, each: Evaluated, functions: Functions, problems: list[Unresolved], filled: dict[int, bool]
) -> list[Unresolved]:
    """Those of the names that a restore needs: all if the function is called, and those of merged functions if its call is only planned."""
    if each.relation not in filled:
        filled[each.relation] = has_rows(session, each.relation)
    if filled[each.relation]:
        return problems
    function = functions.get(each.function)
    if each.planned and function.immutable and called_with_constants(session, each.planned, each.function):
        return problems
    return functions.unresolved(function, planned=True) if each.planned and function.inlined else []


def _obstacle(kind: str, name: str, found: Iterable[Unresolved], path: SearchPath) -> Obstacle:
    by_function: dict[str, list[Unresolved]] = {}
    for each in dict.fromkeys(found):
        by_function.setdefault(each.function.signature, []).append(each)
    texts = [f"function {signature} names {_names(lost)}" for signature, lost in sorted(by_function.items())]
    return Obstacle(
        kind=kind,
        name=name,
        message=f"a restore evaluates {kind} {name} with an empty search_path, and {'; '.join(texts)} without a schema",
        hint=_hint(by_function, path),
    )


def _names(lost: Sequence[Unresolved]) -> str:
    texts = (f"{each.named.kind} {_shown(each)} (schema {quote_identifier(each.schema)})" for each in lost)
    return listed(list(dict.fromkeys(texts)))


def _shown(each: Unresolved) -> str:
    return each.named.name if each.named.kind == OPERATOR_NAME else quote_identifier(each.named.name)


def _hint(by_function: dict[str, list[Unresolved]], path: SearchPath) -> str:
    """Return how to remove the obstacle. An extension's functions are created by its script: alterations of them are in no dump."""
    statements: list[str] = []
    extensions: set[str] = set()
    for signature, lost in sorted(by_function.items()):
        found = join_identifiers(path.covering([each.schema for each in lost]))
        if lost[0].function.extension:
            extensions.add(
                f"call {signature} of extension {lost[0].function.extension} in a function with SET search_path = {found}"
            )
        else:
            statements.append(f"ALTER FUNCTION {signature} SET search_path = {found};")
    return "; ".join([" ".join(statements)] * bool(statements) + sorted(extensions))
