//! What the current schema of a PostgreSQL database holds, and dropping all of it. What belongs to an extension, to another schema or
//! to the whole database stays.

use std::collections::BTreeSet;

use diesel::QueryResult;

use crate::backend::listed::{belonging, bookkeeping_first};
use crate::backend::{Belonging, Session};

/// A kind of object: its name in the plural, the words of its DROP, and its names in the current schema, quoted, with
/// arguments where they belong to the name. `n` is the schema, and `o` stands for the object's row.
const KINDS: &[(&str, &str, &str)] = &[
    (
        "views",
        "VIEW",
        "SELECT o.oid, 'pg_class'::regclass AS class, format('%I', o.relname) AS text FROM pg_class AS o \
         WHERE o.relnamespace = n.oid AND o.relkind = 'v'",
    ),
    (
        "materialized views",
        "MATERIALIZED VIEW",
        "SELECT o.oid, 'pg_class'::regclass AS class, format('%I', o.relname) AS text FROM pg_class AS o \
         WHERE o.relnamespace = n.oid AND o.relkind = 'm'",
    ),
    (
        "tables",
        "TABLE",
        "SELECT o.oid, 'pg_class'::regclass AS class, format('%I', o.relname) AS text FROM pg_class AS o \
         WHERE o.relnamespace = n.oid AND o.relkind IN ('r', 'p')",
    ),
    (
        "foreign tables",
        "FOREIGN TABLE",
        "SELECT o.oid, 'pg_class'::regclass AS class, format('%I', o.relname) AS text FROM pg_class AS o \
         WHERE o.relnamespace = n.oid AND o.relkind = 'f'",
    ),
    // those of a column go with it
    (
        "sequences",
        "SEQUENCE",
        "SELECT o.oid, 'pg_class'::regclass AS class, format('%I', o.relname) AS text FROM pg_class AS o \
         WHERE o.relnamespace = n.oid AND o.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend AS d \
         WHERE d.classid = 'pg_class'::regclass AND d.objid = o.oid AND d.deptype IN ('a', 'i'))",
    ),
    (
        "functions",
        "ROUTINE",
        "SELECT o.oid, 'pg_proc'::regclass AS class, \
         format('%I(%s)', o.proname, pg_get_function_identity_arguments(o.oid)) AS text FROM pg_proc AS o \
         WHERE o.pronamespace = n.oid",
    ),
    // not the row types of tables, nor the arrays of other types
    (
        "types",
        "TYPE",
        "SELECT o.oid, 'pg_type'::regclass AS class, format('%I', o.typname) AS text FROM pg_type AS o \
         WHERE o.typnamespace = n.oid AND o.typcategory <> 'A' AND o.typtype IN ('b', 'c', 'd', 'e', 'r') \
         AND (o.typrelid = 0 OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = o.typrelid AND c.relkind = 'c'))",
    ),
    (
        "collations",
        "COLLATION",
        "SELECT o.oid, 'pg_collation'::regclass AS class, format('%I', o.collname) AS text FROM pg_collation AS o \
         WHERE o.collnamespace = n.oid",
    ),
    (
        "text search configurations",
        "TEXT SEARCH CONFIGURATION",
        "SELECT o.oid, 'pg_ts_config'::regclass AS class, format('%I', o.cfgname) AS text FROM pg_ts_config AS o \
         WHERE o.cfgnamespace = n.oid",
    ),
    (
        "text search dictionaries",
        "TEXT SEARCH DICTIONARY",
        "SELECT o.oid, 'pg_ts_dict'::regclass AS class, format('%I', o.dictname) AS text FROM pg_ts_dict AS o \
         WHERE o.dictnamespace = n.oid",
    ),
];

/// What the current schema holds.
pub(super) fn belongings(session: &mut dyn Session) -> QueryResult<Vec<Belonging>> {
    let schema = session
        .texts("SELECT quote_ident(current_schema()) AS text WHERE current_schema() IS NOT NULL")?;
    let Some(schema) = schema.first() else {
        return Ok(Vec::new());
    };
    let mut all = Vec::new();
    for (kind, keyword, rows) in KINDS {
        let names = session.texts(&format!(
            "SELECT found.text FROM pg_namespace AS n CROSS JOIN LATERAL ({rows}) AS found \
             WHERE n.nspname = current_schema() AND NOT EXISTS (SELECT FROM pg_depend AS d \
             WHERE d.classid = found.class AND d.objid = found.oid AND d.deptype = 'e') ORDER BY 1"
        ))?;
        all.extend(names.into_iter().map(|name| {
            let drop = format!("DROP {keyword} IF EXISTS {schema}.{name} CASCADE");
            belonging(kind, name, drop)
        }));
    }
    Ok(bookkeeping_first(all))
}

/// Drops them in one transaction, and gives what outside of the schema would go with them: then nothing is dropped.
pub(super) fn drop_all(session: &mut dyn Session, all: &[Belonging]) -> QueryResult<Vec<String>> {
    session.execute("BEGIN")?;
    let dropped = dropped(session, all);
    let end = match &dropped {
        Ok(lost) if lost.is_empty() => "COMMIT",
        _ => "ROLLBACK",
    };
    let ended = session.execute(end);
    // the first error is the one to tell
    dropped.and_then(|lost| ended.map(|()| lost))
}

fn dropped(session: &mut dyn Session, all: &[Belonging]) -> QueryResult<Vec<String>> {
    let before = outside(session)?;
    all.iter().try_for_each(|one| session.execute(&one.drop))?;
    let after = outside(session)?;
    Ok(before.difference(&after).cloned().collect())
}

/// What other schemas hold: what a CASCADE might reach.
fn outside(session: &mut dyn Session) -> QueryResult<BTreeSet<String>> {
    let texts = session.texts(
        "WITH other AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IS DISTINCT FROM current_schema() \
         AND nspname <> 'information_schema' AND nspname !~ '^pg_') \
         SELECT format('%I.%I', n.nspname, c.relname) AS text FROM pg_class AS c JOIN other AS n ON n.oid = c.relnamespace \
         UNION SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) \
         FROM pg_proc AS p JOIN other AS n ON n.oid = p.pronamespace \
         UNION SELECT format('%I.%I', n.nspname, t.typname) FROM pg_type AS t JOIN other AS n ON n.oid = t.typnamespace \
         UNION SELECT format('%I on %I.%I', x.conname, n.nspname, c.relname) FROM pg_constraint AS x \
         JOIN pg_class AS c ON c.oid = x.conrelid JOIN other AS n ON n.oid = c.relnamespace \
         UNION SELECT format('%I on %I.%I', g.tgname, n.nspname, c.relname) FROM pg_trigger AS g \
         JOIN pg_class AS c ON c.oid = g.tgrelid JOIN other AS n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal \
         UNION SELECT format('%I.%I.%I', n.nspname, c.relname, a.attname) FROM pg_attribute AS a \
         JOIN pg_class AS c ON c.oid = a.attrelid JOIN other AS n ON n.oid = c.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped \
         UNION SELECT format('the default of %I.%I.%I', n.nspname, c.relname, a.attname) FROM pg_attrdef AS d \
         JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum JOIN pg_class AS c ON c.oid = d.adrelid \
         JOIN other AS n ON n.oid = c.relnamespace",
    )?;
    Ok(texts.into_iter().collect())
}
