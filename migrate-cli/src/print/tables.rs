//! The tables that are printed, with what is printed of each. Pure.

use std::borrow::Cow;

use migrate_core::BackendKind;
use migrate_core::schema::{Column, ObjectName, Schema, Sql, Table};

use super::config::{PrintSchema, Sorting};
use super::names::rust_name;
use super::types::{ColumnType, Types, schema_of};

/// The name of a table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) sql: String,
    pub(super) rust: String,
    /// Its schema, unless that is the default one.
    pub(super) schema: Option<String>,
}

impl Name {
    /// As SQL has it.
    pub(super) fn full(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.sql),
            None => self.sql.clone(),
        }
    }
}

/// What is printed of one table.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    pub(super) name: Name,
    pub(super) key: Vec<String>,
    pub(super) columns: Vec<Printable>,
    pub(super) comment: Option<String>,
}

/// What is printed of a column.
#[derive(Clone, Debug)]
pub(super) struct Printable {
    pub(super) sql: String,
    pub(super) rust: String,
    pub(super) ty: ColumnType,
    pub(super) comment: Option<String>,
}

/// The tables of one schema.
pub(super) struct Printed<'s> {
    pub(super) kind: BackendKind,
    pub(super) schema: &'s Schema,
    pub(super) config: &'s PrintSchema,
    pub(super) tables: Vec<Cow<'s, Table>>,
    /// The schema that is printed.
    wanted: &'s str,
    /// The schema that names need not have.
    default: &'s str,
}

/// The names of a table's own number on SQLite, the usual one first.
const ROWIDS: &[&str] = &["rowid", "oid", "_rowid_"];

impl<'s> Printed<'s> {
    /// The tables of the schema that the configuration names, or of the default one.
    pub(super) fn new(
        schema: &'s Schema,
        kind: BackendKind,
        config: &'s PrintSchema,
        default: &'s str,
    ) -> Printed<'s> {
        let wanted = config.schema.as_deref().unwrap_or(default);
        let here = |name: &ObjectName| schema_of(name, wanted) == wanted;
        let tables = schema.tables.iter().filter(|table| here(&table.name));
        let mut tables: Vec<Cow<'_, Table>> = tables.map(Cow::Borrowed).collect();
        // a partition is a table with the columns and keys of the one that it is a part of
        for (part, whole) in partitions(schema) {
            if let Some(table) = schema.table(whole)
                && here(part)
            {
                let mut table = table.clone();
                table.name = part.clone();
                table.comment = None;
                for column in &mut table.columns {
                    column.comment = None;
                }
                tables.push(Cow::Owned(table));
            }
        }
        let is_own = |name: &str| {
            name.starts_with("__")
                || (kind == BackendKind::Sqlite
                    && name
                        .get(..6)
                        .is_some_and(|six| six.eq_ignore_ascii_case("sqlite")))
        };
        tables.retain(|table| !is_own(&table.name.name));
        tables.sort_by(|a, b| a.name.name.cmp(&b.name.name));
        Printed {
            kind,
            schema,
            config,
            tables,
            wanted,
            default,
        }
    }

    /// The name of a table as it is printed.
    pub(super) fn name(&self, name: &ObjectName) -> Name {
        let schema = schema_of(name, self.wanted);
        let is_default = self.kind == BackendKind::Sqlite || schema == self.default;
        Name {
            rust: rust_name(&name.name, None),
            sql: name.name.clone(),
            schema: (!is_default).then(|| schema.to_owned()),
        }
    }

    /// Whether a table is in the schema that is printed.
    pub(super) fn has_schema(&self, name: &ObjectName) -> bool {
        schema_of(name, self.wanted) == self.wanted
    }

    /// The table that a key references, and its partitions, which have the key too.
    pub(super) fn referred(&self, name: &ObjectName) -> Vec<Name> {
        let parts = partitions(self.schema).filter(|(_, whole)| *whole == name);
        let parts = parts.map(|(part, _)| self.name(part));
        std::iter::once(self.name(name)).chain(parts).collect()
    }

    /// The columns of the primary key, by their names in the database; none if there is no key.
    pub(super) fn primary_key(&self, name: &Name) -> Vec<String> {
        let mut tables = self.tables.iter();
        let table = tables.find(|table| self.name(&table.name) == *name);
        table.map_or_else(Vec::new, |table| self.key_of(table))
    }

    fn key_of(&self, table: &Table) -> Vec<String> {
        let key = table.primary_key().map(|key| key.columns.clone());
        let key = key.unwrap_or_default();
        if self.kind != BackendKind::Sqlite {
            return key;
        }
        // in the order of the table
        let names = table.columns.iter().map(|column| &column.name);
        let in_key = |name: &&String| key.iter().any(|one| one.eq_ignore_ascii_case(name));
        let columns: Vec<String> = names.clone().filter(in_key).cloned().collect();
        if !columns.is_empty() {
            return columns;
        }
        let free = |alias: &&&str| !names.clone().any(|name| name == **alias);
        let alias = ROWIDS.iter().find(free);
        alias.map(|alias| (*alias).to_owned()).into_iter().collect()
    }

    /// What is printed of a table, or why it is left out.
    pub(super) fn definition(&self, table: &Table) -> Result<Definition, String> {
        let key = self.key_of(table);
        let name = self.name(&table.name);
        if key.is_empty() {
            return Err("it has no primary key, and diesel wants one".to_owned());
        }
        let types = Types {
            kind: self.kind,
            schema: self.schema,
            config: self.config,
            current: self.wanted,
        };
        let rust = |sql: &str| rust_name(sql, Some(&name.rust));
        let mut columns = Vec::new();
        if self.kind == BackendKind::Sqlite
            && let [only] = key.as_slice()
            && !table.columns.iter().any(|column| column.name == *only)
        {
            let wide = self.config.sqlite_integer_primary_key_is_bigint == Some(true);
            let ty = if wide { "BigInt" } else { "Integer" };
            columns.push(Printable {
                sql: only.clone(),
                rust: rust(only),
                ty: ColumnType {
                    rust: ty.to_owned(),
                    sql: ty.to_owned(),
                    ..ColumnType::default()
                },
                comment: None,
            });
        }
        let inherited = self.inherited(table);
        let own = table.columns.iter();
        for column in inherited.iter().chain(own) {
            let ty = types.of(table, column);
            columns.push(Printable {
                sql: column.name.clone(),
                rust: rust(&column.name),
                ty: ty.map_err(|why| format!("column `{}`: {why}", column.name))?,
                comment: column.comment.clone(),
            });
        }
        if self.config.column_sorting == Sorting::Name {
            columns.sort_by_key(|column| match self.kind {
                BackendKind::Sqlite | BackendKind::Postgres => column.sql.clone(),
                _ => column.sql.to_lowercase(),
            });
        }
        Ok(Definition {
            key: key.iter().map(|column| rust(column)).collect(),
            name,
            columns,
            comment: table.comment.clone(),
        })
    }

    /// The columns that a table has from those that it inherits from, which come first.
    fn inherited(&self, table: &Table) -> Vec<Column> {
        let suffix = table.options.suffix.as_ref().map_or("", Sql::common_text);
        // in one spelling or another
        let list = suffix
            .get(..8)
            .filter(|word| word.eq_ignore_ascii_case("inherits"));
        let list = list
            .and_then(|_| suffix.split_once('('))
            .map(|(_, list)| list);
        let Some(list) = list else {
            return Vec::new();
        };
        let mut columns: Vec<Column> = Vec::new();
        for name in list.split(')').next().unwrap_or_default().split(',') {
            let name = name.trim().replace('"', "");
            let here = format!("{}.", self.wanted);
            let name = name.strip_prefix(&here).unwrap_or(&name);
            let mut parents = self.schema.tables.iter();
            let parent = parents.find(|parent| {
                let parent = &parent.name;
                name == parent.name || name == parent.to_string()
            });
            let Some(parent) = parent.filter(|parent| parent.name != table.name) else {
                continue;
            };
            for column in self.inherited(parent).iter().chain(&parent.columns) {
                let named = |one: &Column| one.name == column.name;
                if !columns.iter().any(named) && !table.columns.iter().any(named) {
                    columns.push(column.clone());
                }
            }
        }
        // a key makes its columns refuse NULL
        let key = self.key_of(table);
        for column in &mut columns {
            column.nullable &= !key.contains(&column.name);
        }
        columns
    }

    /// Whether a type is one that the crate has.
    pub(super) fn is_known(&self, rust: &str) -> bool {
        let types = Types {
            kind: self.kind,
            schema: self.schema,
            config: self.config,
            current: self.wanted,
        };
        types.is_known(rust)
    }
}

/// Partitions, each with the table that it is a part of.
fn partitions(schema: &Schema) -> impl Iterator<Item = (&ObjectName, &ObjectName)> {
    let others = schema
        .others
        .iter()
        .filter(|other| other.kind == "partition");
    others.filter_map(|other| Some((&other.name, other.on.as_ref()?)))
}
