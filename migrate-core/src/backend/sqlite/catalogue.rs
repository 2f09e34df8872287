//! What SQLite's catalogue is asked when it is not known whether a statement was carried out. Tables and indexes that were
//! to be made are compared by their texts, which SQLite keeps: that is `rebuild::effect`. Pure.

use super::quote::{identifier, literal};
use crate::backend::BackendKind;
use crate::backend::settle::{Catalogue, FoundColumn, Query};
use crate::error::Unsupported;
use crate::schema::{Column, ConstraintKind, ObjectName};

/// SQLite's catalogue.
pub(super) struct Asked;

impl Catalogue for Asked {
    fn kind(&self) -> BackendKind {
        BackendKind::Sqlite
    }

    fn relations(&self, name: &ObjectName) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM {}.sqlite_master WHERE name = {} COLLATE NOCASE AND type IN ('table', 'view')",
            packed(&["name", "type"]),
            schema(name)?,
            literal(&name.name.as_str().into())?
        ))
    }

    fn columns(&self, table: &ObjectName) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM pragma_table_xinfo({}, {}) ORDER BY cid",
            packed(&[
                "name",
                "type",
                "iif(\"notnull\", '0', '1')",
                "dflt_value",
                "NULL",
                "NULL",
                "NULL",
                "'0'",
                "NULL",
            ]),
            literal(&table.name.as_str().into())?,
            literal(&table.schema.as_deref().unwrap_or("main").into())?
        ))
    }

    fn table_comment(&self, _table: &ObjectName) -> Query {
        Ok("SELECT '' AS text WHERE 0".to_owned()) // it keeps none
    }

    fn constraints(&self, table: &ObjectName) -> Query {
        self.table_comment(table) // they are in the table's text
    }

    fn index(&self, table: &ObjectName, name: &str) -> Query {
        Ok(format!(
            "SELECT {} AS text FROM {}.sqlite_master WHERE name = {} COLLATE NOCASE AND type = 'index'",
            packed(&["name", "'0'", "''", "'0'", "'1'"]),
            schema(table)?,
            literal(&name.into())?
        ))
    }

    fn sequence(&self, _name: &ObjectName) -> Option<Query> {
        None
    }

    fn enum_values(&self, _name: &ObjectName) -> Option<Query> {
        None
    }

    fn domain(&self, _name: &ObjectName) -> Option<Query> {
        None
    }

    fn schema(&self, _name: &str) -> Option<Query> {
        None
    }

    fn routine(&self, kind: &str, name: &ObjectName) -> Option<Query> {
        let query = || {
            Ok(format!(
                "SELECT name AS text FROM {}.sqlite_master WHERE name = {} COLLATE NOCASE AND type = 'trigger'",
                schema(name)?,
                literal(&name.name.as_str().into())?
            ))
        };
        (kind == "trigger").then(query)
    }

    fn extension(&self, _name: &str) -> Option<Query> {
        None
    }

    fn spelled(&self, column: FoundColumn) -> FoundColumn {
        column
    }

    fn wanted(&self, column: &Column) -> Result<FoundColumn, Unsupported> {
        Ok(FoundColumn {
            name: column.name.clone(),
            ..FoundColumn::default()
        })
    }

    fn keeps_name(&self, _kind: ConstraintKind) -> bool {
        true
    }

    fn without_index(&self, _name: &ObjectName) -> Result<Vec<String>, Unsupported> {
        Ok(Vec::new()) // none is there that is not valid
    }
}

/// The fields of a row as one text.
fn packed(fields: &[&str]) -> String {
    let fields: Vec<String> = fields
        .iter()
        .map(|field| format!("coalesce({field}, char(30))"))
        .collect();
    fields.join(" || char(31) || ")
}

fn schema(name: &ObjectName) -> Query {
    identifier(name.schema.as_deref().unwrap_or("main"))
}
