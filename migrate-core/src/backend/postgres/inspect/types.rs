//! Enum types and domains, and how the type of a column or a domain is read. It must not know where
//! types are used.

use diesel::QueryResult;

use super::super::{default, types};
use super::fields::Fields;
use super::{Found, PG_TYPE, own};
use crate::backend::postgres::catalogue::packed;
use crate::schema::{Domain, EnumType, ObjectRef, Type};

/// The fields of a type: its text, with its arguments and without dimensions, whether it is an
/// array, and schema and name if it was created under one outside an extension. `t` is the type,
/// and `e` the one of its elements.
pub(super) fn type_fields(modifier: &str) -> [String; 4] {
    let named = |field: &str| {
        format!(
            "CASE WHEN COALESCE(e.oid, t.oid) >= 16384 AND {modifier} < 0 AND {} THEN \
             (SELECT {field} FROM pg_catalog.pg_type AS y JOIN pg_catalog.pg_namespace AS z ON z.oid = y.typnamespace \
             WHERE y.oid = COALESCE(e.oid, t.oid)) END",
            own("pg_type", "COALESCE(e.oid, t.oid)")
        )
    };
    [
        format!("pg_catalog.format_type(COALESCE(e.oid, t.oid), {modifier})"),
        "e.oid IS NOT NULL".to_owned(),
        named("z.nspname"),
        named("y.typname"),
    ]
}

/// The join that finds the type of an array's elements.
pub(super) const ELEMENT: &str =
    "LEFT JOIN pg_catalog.pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid";

/// The type of these fields.
pub(super) fn type_of(found: &Found, row: &mut Fields) -> Type {
    let text = row.text();
    let is_array = row.flag();
    let schema = row.maybe();
    let ty = match (schema, row.maybe()) {
        (Some(schema), Some(name)) => Type::Named(found.name(&schema, name)),
        _ => types::read(&text),
    };
    match is_array {
        true => ty.array(),
        false => ty,
    }
}

/// The SQL for the name of a collation that is not the default one of a type, as it is written
/// without quotes where the search path has it.
pub(super) fn collation(own: &str, usual: &str) -> String {
    format!(
        "CASE WHEN {own} <> {usual} THEN (SELECT g.collname FROM pg_catalog.pg_collation AS g WHERE g.oid = {own}) END"
    )
}

/// The query for enum types and domains.
pub(super) fn query(found: &Found) -> String {
    let [text, is_array, schema, name] = type_fields("t.typtypmod");
    // a domain is over its base type
    let over = |field: String| field.replace("t.oid", "b.oid");
    let fields = packed(&[
        "t.oid",
        "t.typtype",
        "n.nspname",
        "t.typname",
        &format!("{} || pg_catalog.quote_ident(t.typname)", found.prefix()),
        "pg_catalog.obj_description(t.oid, 'pg_type')",
        "(SELECT pg_catalog.string_agg(l.enumlabel, pg_catalog.chr(29) ORDER BY l.enumsortorder) \
         FROM pg_catalog.pg_enum AS l WHERE l.enumtypid = t.oid)",
        "NOT t.typnotnull",
        "pg_catalog.pg_get_expr(t.typdefaultbin, 0)",
        &collation("t.typcollation", "b.typcollation"),
        &over(text),
        &is_array,
        &over(schema),
        &over(name),
    ]);
    format!(
        "SELECT {fields} AS text FROM pg_catalog.pg_type AS t \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace \
         LEFT JOIN pg_catalog.pg_type AS b ON b.oid = t.typbasetype \
         LEFT JOIN pg_catalog.pg_type AS e ON e.oid = b.typelem AND e.typarray = b.oid \
         WHERE t.typnamespace IN ({}) AND t.typtype IN ('d', 'e') AND {} ORDER BY t.oid",
        found.spaces,
        own("pg_type", "t.oid")
    )
}

/// Adds enum types and domains.
pub(super) fn put(rows: Vec<String>, found: &mut Found) -> QueryResult<()> {
    for row in rows {
        let mut row = Fields::of(&row);
        let oid = row.oid();
        let is_enum = row.text() == "e";
        let (schema, name) = (row.text(), row.text());
        let name = found.name(&schema, name);
        let quoted = row.text();
        let word = if is_enum { "TYPE" } else { "DOMAIN" };
        found.comment(
            row.maybe().as_deref(),
            &format!("{word} {quoted}"),
            name.sibling(format!("{} {}", word.to_lowercase(), name.name)),
            None,
        )?;
        let labels = row.list();
        if is_enum {
            found.knows(PG_TYPE, oid, ObjectRef::new("enum", name.clone()));
            found.schema.enums.push(EnumType::new(name, labels));
            continue;
        }
        let nullable = row.flag();
        let text = row.maybe();
        let collation = row.maybe();
        let ty = type_of(found, &mut row);
        let mut domain = Domain::new(name.clone(), ty);
        domain.nullable = nullable;
        domain.default = text.and_then(|text| default::read(&text, &domain.ty));
        domain.collation = collation;
        found.domains.insert(name.clone(), domain.ty.clone());
        found.knows(PG_TYPE, oid, ObjectRef::new("domain", name));
        found.schema.domains.push(domain);
    }
    Ok(())
}
