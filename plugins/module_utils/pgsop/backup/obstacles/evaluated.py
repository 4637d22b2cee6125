# Copyright (c) 2026 Nexus TechWorks
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects for which a restore calls a function that can be read, found from the catalogs' dependencies.

A restore evaluates checks, generated columns and partition keys for each row, expressions of indexes and statistics when it builds them, and the
queries of materialized views. It collects statistics of all columns. It does not evaluate defaults, views, triggers, rules and policies.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...connection import Session

#: Functions with a body that can be read. The server's own functions have numbers below 16384.
_READABLE = """pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE l.lanname IN ('sql', 'plpgsql') AND p.oid >= 16384 AND p.prokind = 'f'
   AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)"""
#: Those that find names in the session's search_path: a body that is stored parsed (BEGIN ATOMIC) has no text and holds no names.
_NO_PATH = "NOT EXISTS (SELECT FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%')"
_BY_PATH = f"{_READABLE} AND p.prosrc <> '' AND {_NO_PATH}"
#: In most databases only triggers use such functions.
_ANY = """
SELECT EXISTS (SELECT FROM @readable AND EXISTS (
    SELECT FROM pg_depend d WHERE d.refclassid = 'pg_proc'::regclass AND d.refobjid = p.oid AND d.deptype IN ('n', 'a', 'i')))
"""
#: The search begins at the functions: there are few, and the catalog has an index for this direction. ``via`` is the catalog through which an object
#: was found, because a table may depend on a function (its partition key) or on a domain (a column). Before version 15 not the default of a
#: generated column depends on functions, but the column. A search_path of a function holds for all that it calls. The difference of a range type
#: (subtype_diff) is called by ANALYZE, which ends a restore, and by GiST, if an index has several pages.
_EVALUATED = """
WITH RECURSIVE used(function, via, class, object) AS (
    SELECT p.oid, 0::oid, 'pg_proc'::regclass::oid, p.oid FROM @readable
    UNION
    SELECT used.function, used.class, next.class, next.object FROM used CROSS JOIN LATERAL (
        SELECT d.classid, d.objid FROM pg_depend d
         WHERE d.refclassid = used.class AND d.refobjid = used.object AND d.deptype IN ('n', 'a', 'i')
           AND CASE used.class
               WHEN 'pg_type'::regclass THEN d.classid <> 'pg_proc'::regclass
               WHEN 'pg_class'::regclass THEN d.classid IN ('pg_rewrite'::regclass, 'pg_proc'::regclass) AND
                   EXISTS (SELECT FROM pg_class c WHERE c.oid = used.object AND c.relkind = 'v')
               WHEN 'pg_proc'::regclass THEN d.classid <> 'pg_type'::regclass
               ELSE used.class IN ('pg_operator'::regclass, 'pg_opclass'::regclass)
               END
           AND (@beyond_paths OR d.classid <> 'pg_proc'::regclass OR EXISTS (SELECT FROM pg_proc p WHERE p.oid = d.objid AND @no_path))
           AND d.classid IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_amproc'::regclass, 'pg_rewrite'::regclass, 'pg_type'::regclass,
                             'pg_constraint'::regclass, 'pg_attrdef'::regclass, 'pg_class'::regclass, 'pg_statistic_ext'::regclass)
        UNION ALL SELECT 'pg_class'::regclass, r.ev_class FROM pg_rewrite r
         WHERE used.class = 'pg_rewrite'::regclass AND r.oid = used.object AND r.ev_type = '1'
        UNION ALL SELECT 'pg_type'::regclass, c.reltype FROM pg_class c
         WHERE used.class = 'pg_class'::regclass AND used.via = 'pg_type'::regclass AND c.oid = used.object AND c.relkind IN ('r', 'p', 'c')
        UNION ALL SELECT 'pg_type'::regclass, k.contypid FROM pg_constraint k
         WHERE used.class = 'pg_constraint'::regclass AND k.oid = used.object AND k.contypid <> 0 AND k.convalidated
        UNION ALL SELECT 'pg_opclass'::regclass, o.oid
          FROM pg_amproc a JOIN pg_opclass o ON o.opcfamily = a.amprocfamily
           AND o.opcintype = a.amproclefttype AND o.opcintype = a.amprocrighttype
         WHERE used.class = 'pg_amproc'::regclass AND a.oid = used.object
    ) AS next(class, object)
), ranges(function, attrelid, attnum, attname) AS (
    SELECT used.function, a.attrelid, a.attnum, a.attname
      FROM used JOIN pg_range r ON used.class = 'pg_proc'::regclass AND r.rngsubdiff = used.object
      JOIN pg_type t ON coalesce(nullif(t.typbasetype, 0), t.oid) IN (r.rngtypid, (to_jsonb(r) ->> 'rngmultitypid')::oid)
      JOIN pg_attribute a ON a.atttypid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
), evaluated(function, kind, name, relation, loading, planned) AS (
    SELECT used.function, 'constraint',
           format('%s.%I', coalesce(pg_partition_root(k.conrelid)::oid, k.conrelid)::regclass, k.conname), k.conrelid,
           k.contype = 'c', 0
      FROM used JOIN pg_constraint k ON used.class = 'pg_constraint'::regclass AND k.oid = used.object
     WHERE k.conrelid <> 0 AND k.convalidated AND k.contype IN ('c', 'x', 'f')
    UNION SELECT used.function, 'column',
           format('%s.%I', coalesce(pg_partition_root(d.adrelid)::oid, d.adrelid)::regclass, a.attname), d.adrelid, true, 0
      FROM used JOIN pg_attrdef d ON used.class = 'pg_attrdef'::regclass AND d.oid = used.object
      JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum AND a.attgenerated = 's'
    UNION SELECT used.function, 'column',
           format('%s.%I', coalesce(pg_partition_root(a.attrelid)::oid, a.attrelid)::regclass, a.attname), a.attrelid, true, 0
      FROM used JOIN pg_attribute a ON used.class = 'pg_class'::regclass AND a.attrelid = used.object AND a.attgenerated = 's'
     WHERE EXISTS (SELECT FROM pg_depend d WHERE d.classid = used.class AND d.objid = a.attrelid AND d.objsubid = a.attnum AND d.refclassid = used.via)
    UNION SELECT used.function, CASE WHEN k.oid IS NULL THEN 'index' ELSE 'constraint' END,
           CASE WHEN k.oid IS NULL THEN coalesce(pg_partition_root(i.indexrelid)::oid, i.indexrelid)::regclass::text
                ELSE format('%s.%I', k.conrelid::regclass, k.conname) END, i.indrelid, false,
           CASE WHEN used.in_expression THEN i.indexrelid ELSE 0 END
      FROM (SELECT function, object, via <> 'pg_opclass'::regclass AS in_expression FROM used WHERE class = 'pg_class'::regclass UNION
            SELECT g.function, g.attrelid, false FROM ranges g JOIN pg_class x ON x.oid = g.attrelid JOIN pg_am m ON m.oid = x.relam
             JOIN pg_index y ON y.indexrelid = x.oid
             WHERE m.amname = 'gist' AND pg_relation_size(x.oid) > current_setting('block_size')::int OR y.indkey[g.attnum - 1] = 0) AS used
      JOIN pg_index i ON i.indexrelid = used.object AND i.indisvalid
      LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
    UNION SELECT ranges.function, 'column',
           format('%s.%I', coalesce(pg_partition_root(c.oid)::oid, c.oid)::regclass, ranges.attname), c.oid, false, 0
      FROM ranges JOIN pg_class c ON c.oid = ranges.attrelid AND c.relkind IN ('r', 'm')
    UNION SELECT used.function, 'statistics', format('%I.%I', n.nspname, s.stxname), s.stxrelid, false, 0
      FROM used JOIN pg_statistic_ext s ON used.class = 'pg_statistic_ext'::regclass AND s.oid = used.object
      JOIN pg_namespace n ON n.oid = s.stxnamespace
    UNION SELECT used.function, 'materialized view', used.object::regclass::text, 0, false, 0
      FROM used JOIN pg_class c ON used.class = 'pg_class'::regclass AND c.oid = used.object
     WHERE c.relkind = 'm' AND c.relispopulated AND used.via = 'pg_rewrite'::regclass
    UNION SELECT used.function, 'table', used.object::regclass::text, used.object, true,
           CASE used.via WHEN 'pg_opclass'::regclass THEN 0 ELSE used.object END
      FROM used JOIN pg_class c ON used.class = 'pg_class'::regclass AND c.oid = used.object
     WHERE c.relkind = 'p' AND used.via IN ('pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass)
       AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = used.class AND d.objid = c.oid AND d.objsubid = 0 AND d.refclassid = used.via)
    UNION SELECT used.function, 'domain constraint', format('%I.%I.%I', n.nspname, t.typname, k.conname), holder.object,
           true, 0
      FROM used JOIN pg_constraint k ON used.class = 'pg_constraint'::regclass AND k.oid = used.object
      JOIN pg_type t ON t.oid = k.contypid JOIN pg_namespace n ON n.oid = t.typnamespace
      JOIN used holder ON holder.function = used.function AND holder.class = 'pg_class'::regclass AND holder.via = 'pg_type'::regclass
     WHERE k.convalidated
)
SELECT e.function, e.kind, e.name, e.relation, e.loading, e.planned
  FROM evaluated e LEFT JOIN pg_class c ON c.oid = e.relation
 WHERE e.relation = 0 AND NOT EXISTS (
           SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = to_regclass(e.name) AND d.deptype = 'e')
    OR c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND NOT EXISTS (
           SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY e.kind, e.name, e.function, e.relation
"""
#: By size: a query of the table would have the planner read its indexes, and fail for the names that are searched for here.
_FILLED = """
SELECT pg_relation_size(%(relation)s) > 0 OR EXISTS (SELECT FROM pg_partition_tree(%(relation)s) p WHERE pg_relation_size(p.relid) > 0)
"""


@dataclass(frozen=True)
class Evaluated:
    """An object, and a function that a restore calls for it.

    Attributes:
        function: its OID.
        kind: of the object, as descriptions call it.
        name: of the object, with its schema.
        relation: OID of the table of which rows cause the call; 0 if it needs no rows.
        loading: whether the call is for each row while rows are loaded, when those of other tables may be missing.
        planned: OID of the index or partitioned table of which expressions are planned when it is created, rows or not, which merges short
            functions in SQL into them and calls functions of constants; 0 if there are no such expressions.
    """

    function: int
    kind: str
    name: str
    relation: int
    loading: bool
    planned: int


def evaluated(session: Session, *, by_path: bool = True) -> list[Evaluated]:
    """Return each object of the connected database with each function that a restore calls for it.

    Objects of extensions are left out.

    Args:
        session: in the database.
        by_path: only functions that find names in the session's search_path; all that can be read otherwise.
    """
    readable = _BY_PATH if by_path else _READABLE
    if not session.value(_ANY.replace("@readable", readable)):
        return []
    query = (
        _EVALUATED.replace("@readable", readable)
        .replace("@beyond_paths", str(not by_path))
        .replace("@no_path", _NO_PATH)
    )
    return [Evaluated(**row) for row in session.rows(query)]


def has_rows(session: Session, relation: int) -> bool:
    """Return whether a table or one of its partitions has rows, or had some since it was vacuumed.

    The size of its file shows it: a query of the table could fail for the names that are searched for here.
    """
    return bool(session.value(_FILLED, {"relation": relation}))
