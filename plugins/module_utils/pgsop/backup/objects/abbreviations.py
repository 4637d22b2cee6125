# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Abbreviations for parts that many queries for descriptions share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from re import Match

from . import form_1

_SINCE = re.compile(r"\[\[(\d+) (.*?)\]\](?!\])", re.DOTALL)
_SHORT = re.compile(r"@(\w+)(?:\(([^()]*)\))?")

_PRIVILEGES = """ARRAY(
    SELECT DISTINCT concat(granted.privilege_type, CASE WHEN granted.is_grantable THEN '*' END, ' by ',
        CASE WHEN granted.grantor = {2} OR giver.rolsuper OR giver.oid IS NULL THEN 'owner' ELSE quote_ident(giver.rolname) END, ' to ',
        CASE granted.grantee WHEN 0 THEN 'public' WHEN {2} THEN 'owner' ELSE coalesce(quote_ident(taker.rolname), 'owner') END)
    FROM aclexplode(coalesce({1}, acldefault('{0}', {2}))) granted LEFT JOIN pg_authid giver ON giver.oid = granted.grantor
        LEFT JOIN pg_authid taker ON taker.oid = granted.grantee
    WHERE granted.grantee = 0 OR taker.oid IS NOT NULL OR granted.grantee = granted.grantor)"""
_NOTED = "(SELECT {column} FROM {catalogue} noted WHERE noted.classoid = '{0}'::regclass AND noted.objoid = {1} AND noted.objsubid = {2})"

_TEXTS = {
    "acl": _PRIVILEGES,
    "dangling": """EXISTS (SELECT FROM aclexplode({0}) named
        WHERE named.grantor NOT IN (SELECT oid FROM pg_authid) OR named.grantee NOT IN (SELECT oid FROM pg_authid UNION ALL SELECT 0::oid))""",
    "comment": _NOTED.replace("{column}", "description").replace("{catalogue}", "pg_description"),
    "initial": _NOTED.replace("{column}", "initprivs").replace("{catalogue}", "pg_init_privs"),
    "member": "{1} IN (SELECT objid FROM pg_depend WHERE classid = '{0}'::regclass AND deptype = 'e')",
    "ours": "{0}.nspname !~ '^pg_' AND {0}.nspname <> 'information_schema'",
    "family": """ARRAY(SELECT concat_ws(' ', p.amopstrategy, p.amopopr::regoperator, p.amoppurpose) FROM pg_amop p WHERE p.amopfamily = {0})
        AS operators,
    ARRAY(SELECT concat_ws(' ', p.amprocnum, p.amproc::regprocedure, p.amproclefttype::regtype, p.amprocrighttype::regtype) FROM pg_amproc p
        WHERE p.amprocfamily = {0}) AS functions""",
    "options": 'ARRAY(SELECT o FROM unnest({0}) o ORDER BY o COLLATE "C")::text',
    "sorted_acl": 'ARRAY(SELECT g FROM unnest(@acl({0}, {1}, {2})) g ORDER BY g COLLATE "C")::text',
    "statistics": """concat_ws(' ', {0}.stxkind::text, ARRAY(SELECT quote_ident(a.attname) FROM unnest({0}.stxkeys::int2[]) k
        JOIN pg_attribute a ON a.attrelid = {0}.stxrelid AND a.attnum = k ORDER BY k)::text,
        [[14 array_to_string(pg_get_statisticsobjdef_expressions({0}.oid), ', ')]], {0}.stxrelid::regclass)""",
    "dumped": """(
    SELECT r.*, format('%I.%I', s.nspname, r.relname) AS name FROM pg_class r JOIN pg_namespace s ON s.oid = r.relnamespace
    WHERE r.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND @ours(s) AND r.relpersistence <> 't' AND NOT @member(pg_class, r.oid)
)""",
}


def statement(query: str, major: int, form: int) -> str:
    """Return a query with its abbreviations expanded, as a server of this major version accepts it.

    ``[[14 expression]]`` is the expression from version 14 on, and NULL before. The other abbreviations are

    * ``@acl(kind, column, owner)``: privileges, NULL for the default ones of that kind of object; a superuser's grants are the owner's,
      and so are those of a role that does not exist; a grant to such a role is left out, because it cannot be restored
    * ``@dangling(acl)``: whether privileges name a role that does not exist
    * ``@comment(catalogue, oid, column number)`` and ``@initial(...)``: comment, and initial privileges (pg_init_privs)
    * ``@member(catalogue, oid)``: whether it belongs to an extension
    * ``@ours(namespace)``: whether the schema is not one of the system's
    * ``@family(oid)``: operators and functions of an operator family
    * ``@dumped``: relations that are dumped, with their qualified names
    * ``@options(array)`` and ``@sorted_acl(kind, column, owner)``: the same in alphabetical order, as text; pg_dump sorts options
    * ``@statistics(alias)``: kinds, columns and expressions of extended statistics

    Args:
        query: with abbreviations.
        major: version of the server.
        form: 1 for the descriptions of sets of 0.4.0, else FORM.
    """
    texts = {**_TEXTS, **form_1.TEXTS} if form == 1 else _TEXTS
    text = query
    # Twice, for one abbreviation has others in it.
    for _round in range(2):
        text = _SHORT.sub(lambda found: _expanded(found, texts), text)
    return _SINCE.sub(lambda found: found[2] if major >= int(found[1]) else "NULL", text)


def _expanded(found: Match[str], texts: Mapping[str, str]) -> str:
    if found[1] not in texts:
        return found[0]
    arguments = [*(part.strip() for part in (found[2] or "").split(",")), "0"]
    text = texts[found[1]]
    for number, argument in enumerate(arguments):
        text = text.replace(f"{{{number}}}", argument)
    return text
