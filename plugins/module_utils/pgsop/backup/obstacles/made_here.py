# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that the body of a function creates itself: they are of no object of the database."""

from __future__ import annotations

from collections.abc import Sequence

from .sql_text import SIGN, WORD, SqlToken


def made_here(body: Sequence[SqlToken]) -> set[str]:
    """Return the names of WITH queries and of tables that the body creates."""
    found: set[str] = set()
    for index, token in enumerate(body):
        if not token.is_name:
            continue
        before = body[index - 1].text if index and body[index - 1].kind == WORD else ""
        created = before in ("table", "exists") and any(
            each.text == "create" for each in body[max(0, index - 7) : index]
        )
        if created or before in ("with", "recursive") or _is_with_query(body, index + 1):
            found.add(token.text)
    return found


def _is_with_query(body: Sequence[SqlToken], index: int) -> bool:
    """Whether ``[(columns)] AS [[NOT] MATERIALIZED] (`` begins here."""
    if index < len(body) and body[index].text == "(" and body[index].kind == SIGN:
        while index < len(body) and (body[index].is_name or body[index].text in ("(", ",")):
            index += 1
        index += 1
    after = [each.text for each in body[index : index + 4]]
    return after[:1] == ["as"] and (after[1:2] == ["("] or "materialized" in after[1:3])
