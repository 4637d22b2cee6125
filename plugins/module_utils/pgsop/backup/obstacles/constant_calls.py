# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that depend on no row: the planner makes them when it reads the expression of an index or partition key, also of an empty table."""

from __future__ import annotations

import re

from ...connection import Session

#: Expressions as the server stores them, of an index and of a partition key.
_EXPRESSIONS = """
SELECT concat((SELECT concat(indexprs, ' ', indpred) FROM pg_index WHERE indexrelid = %(relation)s),
              (SELECT partexprs FROM pg_partitioned_table WHERE partrelid = %(relation)s))
"""
_BRACE = re.compile(r"(?<!\\)[{}]")
#: A column, and a missing value: for that, a STRICT function is not called.
_NOT_CALLED = re.compile(r"\{VAR |:constisnull true")


def called_with_constants(session: Session, relation: int, function: int) -> bool:
    """Return whether expressions of an index or partitioned table call a function without any column.

    A call as an operator counts, too.

    Args:
        session: in the database.
        relation: OID of the index or partitioned table.
        function: OID of the function.
    """
    return calls_with_constants(str(session.value(_EXPRESSIONS, {"relation": relation})), function)


def calls_with_constants(nodes: str, function: int) -> bool:
    """Return whether expressions call a function without any column.

    Args:
        nodes: the expressions, as text of pg_node_tree.
        function: OID of the function.
    """
    calls = re.finditer(rf"\{{(?:FUNCEXPR :funcid|OPEXPR :opno \d+ :opfuncid) {function} ", nodes)
    return any(not _NOT_CALLED.search(_node(nodes, call.start())) for call in calls)


def _node(nodes: str, start: int) -> str:
    """Return the text of the node that begins here, with all that is in it."""
    depth = 0
    for brace in _BRACE.finditer(nodes, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return nodes[start : brace.end()]
    return nodes[start:]
