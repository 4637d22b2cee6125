# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of SQL and PL/pgSQL by which a reader knows the places of names."""

from __future__ import annotations

_EXPRESSION = """
    all and any array assert begin between by call case default distinct do else elsif elseif escape except exit from having if ilike in
    intersect interval is join lateral like limit loop next not offset on or perform query raise return returning reverse select set similar
    some then to union until using values when where while
"""
_RELATIONS_END = "except fetch for group having intersect into limit loop offset order returning set union where window"
_CLAUSES = "except from group having intersect into limit offset order union where window with"

#: An expression may follow them: a name with a parenthesis behind it is a call.
BEFORE_EXPRESSION = frozenset(_EXPRESSION.split())
#: A list of relations ends with them.
AFTER_RELATIONS = frozenset(_RELATIONS_END.split())
#: The planner does not merge a query with one of these clauses into the statement that calls its function.
NOT_INLINED = frozenset(_CLAUSES.split())
#: A FROM behind them is followed by relations.
QUERIES = frozenset(("select", "perform", "update", "delete", "return", "if", "elsif", "elseif", "while"))
#: Behind them, UPDATE is no statement.
BEFORE_NO_STATEMENT = frozenset(("for", "key", "do", "or", "on", "and", "before", "after", "of"))
#: Keywords that may be names of functions, too.
KEYWORDS_AND_FUNCTIONS = frozenset(("binary", "collation", "current_schema", "left", "overlaps", "right"))
