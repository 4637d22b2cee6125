# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the descriptions of all objects of the connected database."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, Dict, List, Mapping

from ...connection import Session
from .expression import plain
from .queries_code import CODE
from .queries_other import OTHER
from .queries_relations import RELATIONS
from .queries_search import SEARCH

#: By kind and name of the object, a digest of everything that a dump brings back of it.
Description = Dict[str, Dict[str, str]]

#: Columns whose name begins so hold an expression, as the server shows it.
EXPRESSION = "x_"
#: Those that hold a list in an order that matters; other lists are sets, and the server's order of text depends on its locale.
ORDERED = "o_"
#: Hexadecimal digits of a digest: enough to tell apart what an accident made different.
_DIGITS = 16

_SINCE = re.compile(r"\[\[(\d+) ([^\]]*(?:\](?!\])[^\]]*)*)\]\]")
_ACL = re.compile(r"@acl\((\w), ([\w.]+), ([\w.]+)\)")
_COMMENT = re.compile(r"@comment\((\w+), ([\w.]+)(?:, ([\w.]+))?\)")
_MEMBER = re.compile(r"@member\((\w+), ([\w.]+)\)")
_INITIAL = re.compile(r"@initial\((\w+), ([\w.]+)(?:, ([\w.]+))?\)")

_GRANTS = """ARRAY(
    SELECT concat(granted.privilege_type, CASE WHEN granted.is_grantable THEN '*' END, ' by ',
        CASE granted.grantor WHEN {owner} THEN 'owner' ELSE quote_ident(pg_get_userbyid(granted.grantor)) END, ' to ',
        CASE granted.grantee WHEN 0 THEN 'public' WHEN {owner} THEN 'owner' ELSE quote_ident(pg_get_userbyid(granted.grantee)) END)
    FROM aclexplode(coalesce({column}, acldefault('{kind}', {owner}))) granted)"""


def describe(session: Session) -> Description:
    """Everything that a dump of the connected database brings back, but for the rows of its tables.

    What belongs to the system or to an extension is left out, and so is what a restore may make differently: OIDs, the order of inherited
    columns, names of constraints that partitions inherit, collation versions, who owns an extension and of which version it is.
    """
    major = session.value("SELECT current_setting('server_version_num')::int") // 10000
    found: Description = {}
    for since, kind, query in (*RELATIONS, *CODE, *SEARCH, *OTHER):
        if major >= since:
            found.setdefault(kind, {}).update(_digests(session.rows(statement(query, major))))
    return {kind: objects for kind, objects in found.items() if objects}


def counts(description: Description) -> Dict[str, int]:
    """How many objects there are, by kind."""
    return {kind: len(objects) for kind, objects in description.items()}


def statement(query: str, major: int) -> str:
    """A query as a server of this major version takes it.

    ``[[14 expression]]`` is there from version 14 on and null before; the other abbreviations are privileges, comments,
    whether something belongs to an extension, and with which privileges it came.
    """
    text = _SINCE.sub(lambda found: found[2] if major >= int(found[1]) else "NULL", query)
    text = _ACL.sub(lambda found: _GRANTS.format(kind=found[1], column=found[2], owner=found[3]), text)
    text = _COMMENT.sub(
        lambda found: (
            "(SELECT description FROM pg_description noted WHERE noted.classoid = '"
            f"{found[1]}'::regclass AND noted.objoid = {found[2]} AND noted.objsubid = {found[3] or 0})"
        ),
        text,
    )
    text = _INITIAL.sub(
        lambda found: (
            "(SELECT initprivs FROM pg_init_privs noted WHERE noted.classoid = '"
            f"{found[1]}'::regclass AND noted.objoid = {found[2]} AND noted.objsubid = {found[3] or 0})"
        ),
        text,
    )
    return _MEMBER.sub(
        lambda found: (
            f"{found[2]} IN (SELECT objid FROM pg_depend WHERE classid = '{found[1]}'::regclass AND deptype = 'e')"
        ),
        text,
    )


def _digests(rows: List[Dict[str, Any]]) -> Dict[str, str]:
    return {row.pop("identity"): _digest(row) for row in rows}


def _digest(row: Mapping[str, Any]) -> str:
    values = [_comparable(name, value) for name, value in row.items()]
    text = json.dumps(values, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _comparable(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return value if name.startswith(ORDERED) else sorted(_comparable(name, item) for item in value)
    return plain(value) if value and name.startswith(EXPRESSION) else value
