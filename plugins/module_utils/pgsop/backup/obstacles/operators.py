# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that pg_catalog has by name, but not for the type on their left."""

from __future__ import annotations

from collections.abc import Iterable

from ...connection import Session

#: Base types that are no array. An operator of pg_catalog fits if its left type is one to which the type is cast implicitly, as citext is to text, or
#: any type: "any", anyelement, anynonarray, anycompatible, anycompatiblenonarray.
_FOR_TYPES = """
SELECT u.name, u.type, n.nspname::text AS schema
  FROM unnest(%(names)s::text[], %(types)s::oid[]) AS u(name, type)
  JOIN pg_type t ON t.oid = u.type AND t.oid >= 16384 AND t.typtype = 'b' AND t.typcategory <> 'A'
  JOIN pg_operator o ON o.oprname = u.name AND o.oprleft = u.type JOIN pg_namespace n ON n.oid = o.oprnamespace
 WHERE NOT EXISTS (
    SELECT FROM pg_operator c WHERE c.oprname = u.name AND c.oprnamespace = 'pg_catalog'::regnamespace AND (
        c.oprleft IN (u.type, 2276, 2283, 2776, 5077, 5079)
        OR EXISTS (SELECT FROM pg_cast k WHERE k.castsource = u.type AND k.casttarget = c.oprleft AND k.castcontext = 'i')))
"""


def operators_of_types(session: Session, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], set[str]]:
    """Return schemas of operators by name and left type, if pg_catalog has no operator of the name that fits the type.

    Args:
        session: in the database.
        wanted: names of operators, each with the OID of the type on its left.
    """
    pairs = sorted(wanted)
    found: dict[tuple[str, int], set[str]] = {}
    if pairs:
        parameters = {"names": [name for name, _type in pairs], "types": [type_ for _name, type_ in pairs]}
        for row in session.rows(_FOR_TYPES, parameters):
            found.setdefault((row["name"], row["type"]), set()).add(row["schema"])
    return found
