//! The catalogue queries that show on PostgreSQL whether an index was created or dropped
//! concurrently, if the outcome is unknown. Pure.

use super::Postgres;
use super::quote::{object, text};
use crate::backend::{IndexQueries, Query};
use crate::schema::ObjectName;

impl IndexQueries for Postgres {
    fn relations(&self, name: &ObjectName) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM pg_catalog.pg_class AS c WHERE c.oid = {}",
            packed(&[
                "c.relname",
                "CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' \
                 WHEN 'i' THEN 'index' WHEN 'c' THEN 'type' ELSE 'table' END",
            ]),
            relation(name)?
        ))
    }

    fn index(&self, table: &ObjectName, name: &str) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS c ON c.oid = x.indexrelid \
             WHERE c.relname = {} AND x.indrelid = {}",
            packed(&[
                "c.relname",
                "CASE WHEN x.indisunique THEN '1' ELSE '0' END",
                "(SELECT pg_catalog.string_agg(coalesce(a.attname, ''), pg_catalog.chr(10) ORDER BY u.place) \
                 FROM pg_catalog.unnest(x.indkey::int2[]) WITH ORDINALITY AS u (number, place) \
                 LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = u.number \
                 WHERE u.place <= x.indnkeyatts)",
                "CASE WHEN x.indpred IS NULL THEN '0' ELSE '1' END",
                "CASE WHEN x.indisvalid THEN '1' ELSE '0' END",
            ]),
            text(name)?,
            relation(table)?
        ))
    }

    fn first_schema(&self) -> String {
        "SELECT CAST(pg_catalog.current_schema() AS text) AS text".to_owned()
    }

    fn without_index(&self, name: &ObjectName) -> Query {
        Ok(format!("DROP INDEX CONCURRENTLY {}", object(name)?))
    }
}

/// The fields of a row as one text.
pub(super) fn packed(fields: &[&str]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|field| format!("CAST({field} AS text)"))
        .collect();
    format!(
        "pg_catalog.array_to_string(ARRAY[{}], pg_catalog.chr(31), pg_catalog.chr(30))",
        fields.join(", ")
    )
}

/// The object that a name resolves to on the connection; NULL if there is none.
fn relation(name: &ObjectName) -> Query {
    Ok(format!("pg_catalog.to_regclass({})", text(&object(name)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_within_its_text() {
        let name = ObjectName::qualified("a'b", "c\"d");
        assert_eq!(
            relation(&name).unwrap(),
            r#"pg_catalog.to_regclass('"a''b"."c""d"')"#
        );
    }
}
