//! Whether a query that only reads by its words really does: checks what the views that it names
//! call. Built-in functions have no dependency records, so the view's text decides about them; any
//! other function or operator may write.

use diesel::QueryResult;

use crate::backend::{BackendKind, Statements};
use crate::sql::{StatementKind, classify, names};

/// User-defined views in any schema: what a query names depends on its search path.
const VIEWS: &str = "SELECT oid::text || ' ' || relname AS text FROM pg_catalog.pg_class \
                     WHERE relkind = 'v' AND oid >= 16384";

/// Whether the views that queries name only read.
pub(super) fn only_read(session: &mut dyn Statements, queries: &[String]) -> QueryResult<bool> {
    let words = queries
        .iter()
        .flat_map(|sql| names(sql, BackendKind::Postgres));
    let words: Vec<String> = words.collect();
    let views = session.texts(VIEWS)?;
    let named = views.iter().filter_map(|view| {
        let (oid, name) = view.split_once(' ')?;
        words.contains(&name.to_lowercase()).then_some(oid)
    });
    let named: Vec<&str> = named.collect();
    if named.is_empty() {
        return Ok(true);
    }
    let definitions = session.texts(&definitions(&named.join(", ")))?;
    Ok(definitions.iter().all(|definition| {
        !definition.is_empty()
            && classify(definition, BackendKind::Postgres).kind == StatementKind::Read
    }))
}

/// The query for the text of these views and of those that they read; NULL in place of one that
/// calls a user-defined function or operator.
fn definitions(views: &str) -> String {
    let used = "FROM pg_catalog.pg_rewrite AS rule JOIN pg_catalog.pg_depend AS used \
                ON used.classid = 'pg_catalog.pg_rewrite'::regclass AND used.objid = rule.oid";
    format!(
        "WITH RECURSIVE seen (view) AS (\
           SELECT oid FROM pg_catalog.pg_class WHERE oid IN ({views}) \
           UNION SELECT below.oid FROM seen JOIN (\
             SELECT rule.ev_class, used.refobjid {used} AND used.refclassid = 'pg_catalog.pg_class'::regclass\
           ) AS reads ON reads.ev_class = seen.view \
           JOIN pg_catalog.pg_class AS below ON below.oid = reads.refobjid AND below.relkind = 'v'\
         ) SELECT CASE WHEN EXISTS (\
           SELECT 1 {used} AND rule.ev_class = seen.view \
           AND used.refclassid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass)\
         ) THEN '' ELSE COALESCE(pg_catalog.pg_get_viewdef(seen.view), '') END AS text FROM seen"
    )
}
