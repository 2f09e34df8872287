//! What uses what, where a change of the one is refused or fails because of the other. It must not
//! know how objects are read, only their numbers.

use super::super::catalogue::packed;
use super::columns::Columns;
use super::fields::Fields;
use super::{Found, PG_CLASS};
use crate::schema::{Dependency, ObjectRef};

/// The query for them all.
pub(super) fn query() -> String {
    // the rule of a view is the view, a default its column, an array its elements, and a row type
    // its table
    let user = |class: &str, object: &str, column: &str| {
        [
            format!(
                "CASE WHEN r.oid IS NOT NULL OR f.oid IS NOT NULL THEN {PG_CLASS} ELSE {class} END"
            ),
            format!("COALESCE(r.ev_class, f.adrelid, {object})"),
            format!("COALESCE(f.adnum, {column})"),
        ]
    };
    let [user_class, user, user_column] = user("d.classid", "d.objid", "d.objsubid");
    let fields = packed(&[
        &user_class,
        &user,
        &user_column,
        &format!(
            "CASE WHEN t.typrelid <> 0 AND c.relkind <> 'c' THEN {PG_CLASS} ELSE d.refclassid END"
        ),
        "CASE WHEN t.typrelid <> 0 AND c.relkind <> 'c' THEN t.typrelid ELSE COALESCE(e.oid, d.refobjid) END",
        "d.refobjsubid",
    ]);
    let catalogue = |name: &str| format!("'pg_catalog.{name}'::pg_catalog.regclass");
    format!(
        "SELECT {fields} AS text FROM pg_catalog.pg_depend AS d \
         LEFT JOIN pg_catalog.pg_rewrite AS r ON d.classid = {rewrite} AND r.oid = d.objid AND r.rulename = '_RETURN' \
         LEFT JOIN pg_catalog.pg_attrdef AS f ON d.classid = {default} AND f.oid = d.objid \
         LEFT JOIN pg_catalog.pg_type AS t ON d.refclassid = {ty} AND t.oid = d.refobjid \
         LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid \
         LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid \
         WHERE d.objid >= 16384 AND d.refobjid >= 16384 AND d.refclassid <> {schema} \
         AND (d.deptype = 'n' OR d.deptype = 'a' AND d.refclassid = {class} AND d.refobjsubid > 0 \
         AND (d.classid = {default} OR d.classid = {class} AND d.objsubid > 0)) \
         AND NOT (d.classid IN ({constraint}, {statistics}) AND d.refclassid = {class})",
        rewrite = catalogue("pg_rewrite"),
        default = catalogue("pg_attrdef"),
        ty = catalogue("pg_type"),
        schema = catalogue("pg_namespace"),
        class = catalogue("pg_class"),
        constraint = catalogue("pg_constraint"),
        statistics = catalogue("pg_statistic_ext"),
    )
}

/// Adds them all.
pub(super) fn put(rows: Vec<String>, found: &mut Found, columns: &Columns) {
    for row in rows {
        let mut row = Fields::of(&row);
        let user = object(found, columns, &mut row);
        let used = object(found, columns, &mut row);
        if let (Some(user), Some(used)) = (user, used) {
            let is_index = user.kind == "index" && used.kind == "table";
            let is_own = used.column.is_none() && user.on.as_ref() == Some(&used.name);
            if user != used && !is_index && !is_own {
                found.schema.dependencies.push(Dependency::new(user, used));
            }
        }
    }
}

fn object(found: &Found, columns: &Columns, row: &mut Fields) -> Option<ObjectRef> {
    let (catalogue, oid): (u32, u32) = (row.oid(), row.oid());
    let number: i32 = row.number().unwrap_or_default();
    let object = found.objects.get(&(catalogue, oid))?.clone();
    if catalogue != PG_CLASS || number == 0 {
        return Some(object);
    }
    let of_table = columns.get(&oid)?;
    let column = of_table.iter().find(|column| column.number == number)?;
    Some(object.column(&column.column.name))
}
