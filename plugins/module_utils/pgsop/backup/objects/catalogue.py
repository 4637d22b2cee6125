# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions of all objects of the connected database, read from its catalogs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from ...connection import Session
from . import form_1
from .abbreviations import statement
from .expression import canonical
from .queries_code import CODE
from .queries_other import OTHER
from .queries_relations import RELATIONS
from .queries_search import SEARCH

#: By kind and name of the object, a digest of everything that a dump brings back of it.
Description = dict[str, dict[str, str]]

#: Columns with a name that begins so hold an expression, as the server shows it.
EXPRESSION = "x_"
#: Those that hold a list in an order that matters; other lists are sets, and the server's order of text depends on its locale.
ORDERED = "o_"
#: Hexadecimal digits of a digest: enough to distinguish what an accident made different.
_DIGITS = 16

#: How descriptions are computed now. A set keeps the form of its descriptions, and a restored database is described in that form.
FORM = 2

#: Expressions are shown by the settings of the session; those of the database may be missing after a restore.
_SHOWN = {
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "timezone": "UTC",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "quote_all_identifiers": "off",
    "standard_conforming_strings": "on",
    "search_path": "pg_catalog",
}


def describe(session: Session, form: int = FORM) -> Description:
    """Return a digest of every object that a dump of the connected database restores; rows of tables are not among them.

    Objects of the system and of extensions are left out, and so are details that a restore may change: OIDs, the order of inherited
    columns, names of constraints that partitions inherit, collation versions, the owner and version of an extension.

    Args:
        session: in the database; its settings for the output of values change.
        form: FORM, or an older one to compare with the description of an older set.

    Returns:
        By kind and name of the object, a digest of 16 hexadecimal digits.
    """
    major = session.value("SELECT current_setting('server_version_num')::int") // 10000
    shown = {name: value for name, value in _SHOWN.items() if form > 1 or name not in form_1.NOT_SHOWN}
    session.rows("SELECT set_config(key, value, false) FROM json_each_text(%s)", [json.dumps(shown)])
    plain = form_1.plain if form == 1 else canonical
    found: Description = {}
    for since, kind, query in (*RELATIONS, *CODE, *SEARCH, *OTHER):
        if major >= since:
            rows = session.rows(statement(query, major, form))
            found.setdefault(kind, {}).update({row.pop("identity"): _digest(row, plain) for row in rows})
    return {kind: objects for kind, objects in found.items() if objects}


def counts(description: Description) -> dict[str, int]:
    """Return the number of objects by kind."""
    return {kind: len(objects) for kind, objects in description.items()}


def _digest(row: Mapping[str, Any], plain: Callable[[str], str]) -> str:
    values = [_comparable(name, value, plain) for name, value in row.items()]
    text = json.dumps(values, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _comparable(name: str, value: Any, plain: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return value if name.startswith(ORDERED) else sorted(_comparable(name, item, plain) for item in value)
    return plain(value) if value and name.startswith(EXPRESSION) else value
