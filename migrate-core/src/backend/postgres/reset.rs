//! Lists the objects of the current schema and those that the history created outside it, and drops
//! them all. Objects of an extension or of another schema stay.

use std::collections::BTreeSet;

use diesel::QueryResult;

use crate::backend::listed::{belonging, bookkeeping_first};
use crate::backend::{NotDropped, SchemaObject, Session};
use crate::sql::Created;

/// A kind of object in a schema: its plural name, the words of its DROP, its catalogue, the column
/// with its schema, its name as DROP expects it, and a condition for its rows. `o` is the object's
/// row, and `s` the prefix of its schema, which is empty for the current one.
struct Kind {
    kind: &'static str,
    keyword: &'static str,
    catalogue: &'static str,
    schema: &'static str,
    name: &'static str,
    rows: &'static str,
}

const fn kind(
    kind: &'static str,
    keyword: &'static str,
    [catalogue, schema, name, rows]: [&'static str; 4],
) -> Kind {
    Kind {
        kind,
        keyword,
        catalogue,
        schema,
        name,
        rows,
    }
}

const fn relation(name: &'static str, keyword: &'static str, rows: &'static str) -> Kind {
    kind(
        name,
        keyword,
        [
            "pg_class",
            "relnamespace",
            "s || format('%I', o.relname)",
            rows,
        ],
    )
}

const KINDS: &[Kind] = &[
    // first, as each may forbid what comes after it
    kind(
        "event triggers",
        "EVENT TRIGGER",
        [
            "pg_event_trigger",
            "(SELECT p.pronamespace FROM pg_proc AS p WHERE p.oid = o.evtfoid)",
            "format('%I', o.evtname)",
            "true",
        ],
    ),
    relation("views", "VIEW", "o.relkind = 'v'"),
    relation("materialized views", "MATERIALIZED VIEW", "o.relkind = 'm'"),
    relation("tables", "TABLE", "o.relkind IN ('r', 'p')"),
    relation("foreign tables", "FOREIGN TABLE", "o.relkind = 'f'"),
    // those of a column are dropped with it
    relation(
        "sequences",
        "SEQUENCE",
        "o.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend AS d \
         WHERE d.classid = 'pg_class'::regclass AND d.objid = o.oid AND d.deptype IN ('a', 'i'))",
    ),
    kind(
        "statistics",
        "STATISTICS",
        [
            "pg_statistic_ext",
            "stxnamespace",
            "s || format('%I', o.stxname)",
            "true",
        ],
    ),
    kind(
        "operator classes",
        "OPERATOR CLASS",
        [
            "pg_opclass",
            "opcnamespace",
            "s || format('%I USING %I', o.opcname, (SELECT amname FROM pg_am AS a WHERE a.oid = o.opcmethod))",
            "true",
        ],
    ),
    kind(
        "operator families",
        "OPERATOR FAMILY",
        [
            "pg_opfamily",
            "opfnamespace",
            "s || format('%I USING %I', o.opfname, (SELECT amname FROM pg_am AS a WHERE a.oid = o.opfmethod))",
            "true",
        ],
    ),
    kind(
        "operators",
        "OPERATOR",
        [
            "pg_operator",
            "oprnamespace",
            "s || format('%s (%s, %s)', o.oprname, CASE o.oprleft WHEN 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END, \
             CASE o.oprright WHEN 0 THEN 'NONE' ELSE format_type(o.oprright, NULL) END)",
            "true",
        ],
    ),
    // casts of built-in types have no owner; others are dropped with their types and functions
    kind(
        "casts",
        "CAST",
        [
            "pg_cast",
            "COALESCE((SELECT p.pronamespace FROM pg_proc AS p WHERE p.oid = o.castfunc AND p.oid >= 16384), \
             (SELECT t.typnamespace FROM pg_type AS t WHERE t.oid = o.castsource AND t.oid >= 16384), \
             (SELECT t.typnamespace FROM pg_type AS t WHERE t.oid = o.casttarget AND t.oid >= 16384), \
             (SELECT x.oid FROM pg_namespace AS x WHERE x.nspname = current_schema()))",
            "format('(%s AS %s)', format_type(o.castsource, NULL), format_type(o.casttarget, NULL))",
            "o.oid >= 16384 AND (SELECT pg_has_role(t.typowner, 'USAGE') FROM pg_type AS t WHERE t.oid = o.castsource)",
        ],
    ),
    kind(
        "functions",
        "ROUTINE",
        [
            "pg_proc",
            "pronamespace",
            "s || format('%I(%s)', o.proname, pg_get_function_identity_arguments(o.oid))",
            "true",
        ],
    ),
    // not the row types of tables, nor the arrays and multiranges of other types
    kind(
        "types",
        "TYPE",
        [
            "pg_type",
            "typnamespace",
            "s || format('%I', o.typname)",
            "o.typcategory <> 'A' AND o.typtype IN ('b', 'c', 'd', 'e', 'r') \
             AND (o.typrelid = 0 OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = o.typrelid AND c.relkind = 'c'))",
        ],
    ),
    kind(
        "collations",
        "COLLATION",
        [
            "pg_collation",
            "collnamespace",
            "s || format('%I', o.collname)",
            "true",
        ],
    ),
    kind(
        "conversions",
        "CONVERSION",
        [
            "pg_conversion",
            "connamespace",
            "s || format('%I', o.conname)",
            "true",
        ],
    ),
    kind(
        "text search configurations",
        "TEXT SEARCH CONFIGURATION",
        [
            "pg_ts_config",
            "cfgnamespace",
            "s || format('%I', o.cfgname)",
            "true",
        ],
    ),
    kind(
        "text search dictionaries",
        "TEXT SEARCH DICTIONARY",
        [
            "pg_ts_dict",
            "dictnamespace",
            "s || format('%I', o.dictname)",
            "true",
        ],
    ),
    kind(
        "text search parsers",
        "TEXT SEARCH PARSER",
        [
            "pg_ts_parser",
            "prsnamespace",
            "s || format('%I', o.prsname)",
            "true",
        ],
    ),
    kind(
        "text search templates",
        "TEXT SEARCH TEMPLATE",
        [
            "pg_ts_template",
            "tmplnamespace",
            "s || format('%I', o.tmplname)",
            "true",
        ],
    ),
];

/// Objects without a schema, dropped if the history created them: plural name, keyword, and a query
/// for one.
const OUTSIDE: &[(&str, &str, &str)] = &[
    (
        "publications",
        "PUBLICATION",
        "pg_publication WHERE pubname",
    ),
    ("servers", "SERVER", "pg_foreign_server WHERE srvname"),
    (
        "foreign data wrappers",
        "FOREIGN DATA WRAPPER",
        "pg_foreign_data_wrapper WHERE fdwname",
    ),
    ("languages", "LANGUAGE", "pg_language WHERE lanname"),
    ("access methods", "ACCESS METHOD", "pg_am WHERE amname"),
    ("extensions", "EXTENSION", "pg_extension WHERE extname"),
    ("schemas", "SCHEMA", "pg_namespace WHERE nspname"),
];

/// Objects outside the database, which a reset of one database must not drop.
const ABOVE: &[(&str, &str, &str)] = &[
    ("role", "ROLE", "pg_roles WHERE rolname"),
    ("database", "DATABASE", "pg_database WHERE datname"),
    ("tablespace", "TABLESPACE", "pg_tablespace WHERE spcname"),
    (
        "subscription",
        "SUBSCRIPTION",
        "pg_subscription WHERE subname",
    ),
];

/// The two lines of a text, each of which contains half of the line ends.
fn halves(text: &str) -> (&str, &str) {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let middle = ends.get(ends.len() / 2).copied().unwrap_or(text.len());
    (&text[..middle], text.get(middle + 1..).unwrap_or_default())
}

fn literal(name: &str) -> String {
    format!("'{}'", name.replace('\'', "''"))
}

/// The schemas that the history created, as a list of literals that is never empty.
fn made_schemas(made: &[Created]) -> String {
    let schemas = made
        .iter()
        .filter(|one| one.kind == "SCHEMA" && one.name != "public");
    let names: Vec<String> = schemas.map(|one| literal(&one.name)).collect();
    [vec!["NULL".to_owned()], names].concat().join(", ")
}

/// The objects of the current schema, and those that the history created outside it.
pub(super) fn schema_objects(
    session: &mut dyn Session,
    made: &[Created],
) -> QueryResult<Vec<SchemaObject>> {
    let schema = session
        .texts("SELECT quote_ident(current_schema()) AS text WHERE current_schema() IS NOT NULL")?;
    if schema.is_empty() {
        return Ok(Vec::new());
    }
    let schemas = made_schemas(made);
    let mut all = Vec::new();
    for kind in KINDS {
        let Kind {
            catalogue,
            schema: column,
            name,
            rows,
            ..
        } = kind;
        // for display, without the current schema, and for DROP
        let whole = name.replace("s ||", "q ||");
        let names = session.texts(&format!(
            "SELECT {name} || E'\\n' || {whole} AS text FROM (SELECT n.oid, quote_ident(n.nspname) || '.' AS q, \
             CASE n.nspname WHEN current_schema() THEN '' ELSE quote_ident(n.nspname) || '.' END AS s \
             FROM pg_namespace AS n WHERE n.nspname = current_schema() OR n.nspname IN ({schemas})) AS n \
             JOIN {catalogue} AS o ON n.oid = {column} WHERE {rows} AND NOT EXISTS (SELECT FROM pg_depend AS d \
             WHERE d.classid = '{catalogue}'::regclass AND d.objid = o.oid AND d.deptype IN ('e', 'i') AND d.refobjid <> d.objid) ORDER BY s, 1"
        ))?;
        for names in names {
            // a name may contain line ends too, but both contain equally many
            let (name, whole) = halves(&names);
            let drop = format!("DROP {} IF EXISTS {whole} CASCADE", kind.keyword);
            all.push(belonging(kind.kind, name.to_owned(), drop));
        }
    }
    for (kind, keyword, rows) in OUTSIDE {
        for one in made.iter().filter(|one| one.kind == *keyword) {
            // with IF NOT EXISTS, an object that holds data may have existed before; a schema's
            // contents were the history's too
            let stays = one.if_not_exists && *keyword != "SCHEMA" || one.name == "public";
            let name = literal(&one.name);
            let there = session.texts(&format!(
                "SELECT quote_ident({name}) AS text FROM {rows} = {name} AND {name} IS DISTINCT FROM current_schema()"
            ))?;
            for name in there.into_iter().filter(|_| !stays) {
                let drop = format!("DROP {keyword} IF EXISTS {name} CASCADE");
                all.push(belonging(kind, name, drop));
            }
        }
    }
    Ok(bookkeeping_first(all))
}

/// What the history created that a reset cannot drop, and that would conflict when the history
/// creates it again.
pub(super) fn conflicting_objects(
    session: &mut dyn Session,
    made: &[Created],
) -> QueryResult<Vec<String>> {
    let mut all = Vec::new();
    for (kind, keyword, rows) in ABOVE {
        for one in made
            .iter()
            .filter(|one| one.kind == *keyword && !one.if_not_exists)
        {
            let there = session.texts(&format!(
                "SELECT quote_ident({name}) AS text FROM {rows} = {name}",
                name = literal(&one.name)
            ))?;
            all.extend(there.into_iter().map(|name| format!("{kind} {name}")));
        }
    }
    Ok(all)
}

/// Drops them in one transaction. If something outside would be dropped too, or something cannot be
/// dropped, returns that: then nothing is dropped.
pub(super) fn drop_all(
    session: &mut dyn Session,
    all: &[SchemaObject],
    made: &[Created],
) -> QueryResult<NotDropped> {
    session.execute("BEGIN")?;
    let dropped = dropped(session, all, made);
    let end = match &dropped {
        Ok(not) if not.is_empty() => "COMMIT",
        _ => "ROLLBACK",
    };
    let ended = session.execute(end);
    // report the first error
    dropped.and_then(|not| ended.map(|()| not))
}

fn dropped(
    session: &mut dyn Session,
    all: &[SchemaObject],
    made: &[Created],
) -> QueryResult<NotDropped> {
    let before = outside(session, made)?;
    let mut refused = Vec::new();
    for one in all {
        session.execute("SAVEPOINT migrate_reset")?;
        if let Err(error) = session.execute(&one.drop) {
            session.execute("ROLLBACK TO SAVEPOINT migrate_reset")?;
            refused.push((one, error));
        }
    }
    // an object that was dropped before it may have blocked it
    let mut not = NotDropped::default();
    for (one, error) in refused {
        session.execute("SAVEPOINT migrate_reset")?;
        if session.execute(&one.drop).is_err() {
            session.execute("ROLLBACK TO SAVEPOINT migrate_reset")?;
            not.refused.push(format!("{} ({error})", one.name));
        }
    }
    let after = outside(session, made)?;
    not.lost = before.difference(&after).cloned().collect();
    Ok(not)
}

/// The objects of other schemas: what a CASCADE might reach.
fn outside(session: &mut dyn Session, made: &[Created]) -> QueryResult<BTreeSet<String>> {
    let schemas = made_schemas(made);
    let texts = session.texts(&format!(
        "WITH other AS (SELECT oid, nspname FROM pg_namespace WHERE nspname IS DISTINCT FROM current_schema() \
         AND nspname NOT IN ('information_schema') AND nspname !~ '^pg_' \
         AND (nspname IN ({schemas})) IS NOT TRUE) \
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
    ))?;
    Ok(texts.into_iter().collect())
}
