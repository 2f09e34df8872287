//! PostgreSQL's catalogue, one fact per line.

use std::collections::BTreeSet;

use migrate_core::engine::backend::Session;

/// Everything that an operation can create or change. The schema name `public` is left out.
const FACTS: &str = r"
WITH
spaces AS (
    SELECT oid, CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END AS prefix, nspname
      FROM pg_namespace
     WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
),
relations AS (
    SELECT c.*, s.prefix || c.relname AS shown
      FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
     WHERE c.relname NOT LIKE '\_\_%'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
),
tables AS (SELECT * FROM relations WHERE relkind IN ('r', 'p'))
SELECT 'schema ' || nspname || coalesce(' comment ' || obj_description(oid, 'pg_namespace'), '') AS text
  FROM spaces WHERE nspname <> 'public'
UNION ALL
SELECT 'extension ' || e.extname || ' in ' || n.nspname
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql'
UNION ALL
SELECT 'table ' || shown || CASE relpersistence WHEN 'u' THEN ' unlogged' ELSE '' END
    || coalesce(' with (' || array_to_string(reloptions, ', ') || ')', '')
    || coalesce(' comment ' || quote_literal(obj_description(oid, 'pg_class')), '')
  FROM tables
UNION ALL
SELECT CASE relkind WHEN 'v' THEN 'view ' ELSE 'materialized view ' END || shown || ' as '
    || regexp_replace(pg_get_viewdef(oid), '\s+', ' ', 'g')
    || coalesce(' comment ' || quote_literal(obj_description(oid, 'pg_class')), '')
  FROM relations WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'column ' || t.shown || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || CASE WHEN a.attcollation NOT IN (0, ty.typcollation)
            THEN ' collate ' || (SELECT collname FROM pg_collation WHERE oid = a.attcollation) ELSE '' END
    || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
    || CASE a.attidentity WHEN 'a' THEN ' identity always' WHEN 'd' THEN ' identity by default' ELSE '' END
    || CASE WHEN a.attgenerated = 's' THEN ' generated ' || pg_get_expr(d.adbin, d.adrelid)
            ELSE coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') END
    || coalesce(' comment ' || quote_literal(col_description(t.oid, a.attnum)), '')
  FROM tables t
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_type ty ON ty.oid = a.atttypid
  LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
UNION ALL
SELECT 'constraint ' || k.conname || ' on ' || t.shown || ' ' || pg_get_constraintdef(k.oid)
    || coalesce(' comment ' || quote_literal(obj_description(k.oid, 'pg_constraint')), '')
  FROM pg_constraint k JOIN tables t ON t.oid = k.conrelid
UNION ALL
SELECT 'index ' || regexp_replace(pg_get_indexdef(x.indexrelid), '^CREATE (UNIQUE )?INDEX ', '')
    || CASE WHEN x.indisunique THEN ' unique' ELSE '' END || CASE WHEN x.indisvalid THEN '' ELSE ' invalid' END
    || coalesce(' comment ' || quote_literal(obj_description(x.indexrelid, 'pg_class')), '')
  FROM pg_index x JOIN relations t ON t.oid = x.indrelid AND t.relkind IN ('r', 'p', 'm')
 WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'sequence ' || r.shown || ' ' || format_type(q.seqtypid, NULL) || ' start ' || q.seqstart || ' increment '
    || q.seqincrement || ' min ' || q.seqmin || ' max ' || q.seqmax || ' cache ' || q.seqcache
    || CASE WHEN q.seqcycle THEN ' cycle' ELSE '' END
    || coalesce(' owned by ' || (SELECT d.refobjid::regclass || '.' || a.attname FROM pg_depend d
          JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
         WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype IN ('a', 'i')), '')
  FROM pg_sequence q JOIN relations r ON r.oid = q.seqrelid
UNION ALL
SELECT 'enum ' || s.prefix || ty.typname || ' ('
    || (SELECT string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = ty.oid) || ')'
  FROM pg_type ty JOIN spaces s ON s.oid = ty.typnamespace WHERE ty.typtype = 'e'
UNION ALL
SELECT 'domain ' || s.prefix || ty.typname || ' ' || format_type(ty.typbasetype, ty.typtypmod)
    || CASE WHEN ty.typnotnull THEN ' not null' ELSE '' END || coalesce(' default ' || ty.typdefault, '')
    || coalesce((SELECT string_agg(' ' || conname || ' ' || pg_get_constraintdef(oid), '' ORDER BY conname)
                   FROM pg_constraint WHERE contypid = ty.oid), '')
  FROM pg_type ty JOIN spaces s ON s.oid = ty.typnamespace WHERE ty.typtype = 'd'
UNION ALL
SELECT 'trigger ' || g.tgname || ' on ' || t.shown || ' ' || pg_get_triggerdef(g.oid)
  FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
UNION ALL
SELECT 'function ' || s.prefix || p.proname || ' ' || md5(p.prosrc)
  FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
 WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
";

/// All facts.
pub(super) fn facts(session: &mut dyn Session) -> BTreeSet<String> {
    session.texts(FACTS).unwrap().into_iter().collect()
}
