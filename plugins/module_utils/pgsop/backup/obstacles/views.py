# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions that are called if a view is read."""

from __future__ import annotations

from collections.abc import Iterable

from ...connection import Session

#: Through other views, operators, aggregates and functions that are stored parsed. A function's own search_path holds for all that it calls.
_CALLED = """
WITH RECURSIVE view AS (
    SELECT c.oid, c.relnamespace, c.relname FROM pg_class c WHERE c.relkind = 'v' AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
), used(schema, name, class, object) AS (
    SELECT u.schema, u.name, 'pg_class'::regclass::oid, c.oid FROM unnest(%(schemas)s::text[], %(names)s::text[]) AS u(schema, name)
      JOIN pg_namespace n ON n.nspname = u.schema JOIN view c ON c.relnamespace = n.oid AND c.relname = u.name
    UNION
    SELECT used.schema, used.name, next.class, next.object FROM used CROSS JOIN LATERAL (
        SELECT d.refclassid, d.refobjid FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
         WHERE used.class = 'pg_class'::regclass AND r.ev_class = used.object AND r.ev_type = '1'
           AND EXISTS (SELECT FROM view WHERE view.oid = used.object)
        UNION ALL SELECT 'pg_proc'::regclass, o.oprcode FROM pg_operator o
         WHERE used.class = 'pg_operator'::regclass AND o.oid = used.object
        UNION ALL SELECT d.refclassid, d.refobjid FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid
         WHERE used.class = 'pg_proc'::regclass AND p.oid = used.object AND (p.prosrc = '' OR p.prokind = 'a')
           AND NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%%')
    ) AS next(class, object)
     WHERE next.object >= 16384 AND next.class IN ('pg_class'::regclass, 'pg_operator'::regclass, 'pg_proc'::regclass)
)
SELECT DISTINCT schema, name, object FROM used WHERE class = 'pg_proc'::regclass ORDER BY 1, 2, 3
"""


def called_by_views(session: Session, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[int]]:
    """Return the OIDs of functions that are called if a view is read, by the schema and name of the view.

    Names of other relations are left out, and so are views of extensions: those of PostGIS have many columns, each with functions of its own,
    which are called only for the columns of a query.

    Args:
        session: in the database.
        names: schema and name of each view.
    """
    wanted = sorted(names)
    found: dict[tuple[str, str], list[int]] = {}
    if wanted:
        parameters = {"schemas": [schema for schema, _name in wanted], "names": [name for _schema, name in wanted]}
        for row in session.rows(_CALLED, parameters):
            found.setdefault((row["schema"], row["name"]), []).append(row["object"])
    return found
