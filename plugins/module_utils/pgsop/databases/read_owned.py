# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the objects of managed schemas that have an owner and no privileges: operators, statistics, collations and their like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..connection import Session
from .actual import OWNER_ONLY, Objects

#: Catalog of each kind, by the word for it in SQL.
CATALOGUES: Mapping[str, str] = {
    "STATISTICS": "pg_statistic_ext",
    "OPERATOR": "pg_operator",
    "OPERATOR CLASS": "pg_opclass",
    "OPERATOR FAMILY": "pg_opfamily",
    "COLLATION": "pg_collation",
    "CONVERSION": "pg_conversion",
    "TEXT SEARCH CONFIGURATION": "pg_ts_config",
    "TEXT SEARCH DICTIONARY": "pg_ts_dict",
}
#: Without members of extensions, and without collations for another encoding, which no statement in this database can name.
_OWNED = """
WITH object AS (
    SELECT 'pg_statistic_ext'::regclass AS class, oid, 'STATISTICS' AS word, stxnamespace AS schema, stxowner AS owner,
           quote_ident(stxname) AS name, '' AS more
      FROM pg_statistic_ext
    UNION ALL
    SELECT 'pg_operator'::regclass, oid, 'OPERATOR', oprnamespace, oprowner, oprname::text,
           ' (' || coalesce(nullif(oprleft, 0)::regtype::text, 'NONE') || ', '
           || coalesce(nullif(oprright, 0)::regtype::text, 'NONE') || ')'
      FROM pg_operator
    UNION ALL
    SELECT 'pg_opclass'::regclass, c.oid, 'OPERATOR CLASS', opcnamespace, opcowner, quote_ident(opcname),
           ' USING ' || quote_ident(m.amname)
      FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod
    UNION ALL
    SELECT 'pg_opfamily'::regclass, f.oid, 'OPERATOR FAMILY', opfnamespace, opfowner, quote_ident(opfname),
           ' USING ' || quote_ident(m.amname)
      FROM pg_opfamily f JOIN pg_am m ON m.oid = f.opfmethod
    UNION ALL
    SELECT 'pg_collation'::regclass, oid, 'COLLATION', collnamespace, collowner, quote_ident(collname), ''
      FROM pg_collation
     WHERE collencoding IN (-1, (SELECT encoding FROM pg_database WHERE datname = current_database()))
    UNION ALL
    SELECT 'pg_conversion'::regclass, oid, 'CONVERSION', connamespace, conowner, quote_ident(conname), ''
      FROM pg_conversion
    UNION ALL
    SELECT 'pg_ts_config'::regclass, oid, 'TEXT SEARCH CONFIGURATION', cfgnamespace, cfgowner, quote_ident(cfgname), ''
      FROM pg_ts_config
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, oid, 'TEXT SEARCH DICTIONARY', dictnamespace, dictowner, quote_ident(dictname), ''
      FROM pg_ts_dict
)
SELECT o.word, n.nspname::text AS schema, pg_get_userbyid(o.owner)::text AS owner,
       array_agg(quote_ident(n.nspname) || '.' || o.name || o.more) AS names
  FROM object o
  JOIN pg_namespace n ON n.oid = o.schema
 WHERE n.nspname = ANY (%s)
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.deptype = 'e' AND d.classid = o.class AND d.objid = o.oid)
 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def read_owned(session: Session, schemas: Sequence[str]) -> tuple[Objects, ...]:
    """Read the objects that have an owner and no privileges; those that differ only in their names come as one.

    Args:
        session: with an empty search path, so that all names of types are qualified.
        schemas: names of the managed schemas.
    """
    return tuple(
        Objects(OWNER_ONLY, row["word"], row["schema"], row["owner"], frozenset(), tuple(sorted(row["names"])))
        for row in session.rows(_OWNED, (list(schemas),))
    )
