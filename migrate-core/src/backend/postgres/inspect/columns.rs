//! The columns of all tables and views. It must not know what else a table has.

use std::collections::BTreeMap;

use diesel::QueryResult;

use super::super::catalogue::packed;
use super::super::default;
use super::super::quote;
use super::fields::{Fields, parts};
use super::types::{ELEMENT, collation, type_fields, type_of};
use super::{Found, altered};
use crate::schema::{Column, Generated, Identity, ObjectName, Other, Type};

/// The columns of one table or view, in order.
pub(super) type Columns = BTreeMap<u32, Vec<FoundColumn>>;

/// A column as the catalogue has it.
#[derive(Clone, Debug)]
pub(super) struct FoundColumn {
    pub(super) number: i32,
    pub(super) column: Column,
    /// Its default as text.
    pub(super) default: Option<String>,
    /// Whether its table defines it itself, and not only one that it inherits from.
    pub(super) is_local: bool,
    /// The options for a foreign server, as SQL.
    pub(super) foreign: Option<String>,
    /// What a column has that has no field: kind, what sets it, and what resets it.
    settings: Vec<(&'static str, String, String)>,
}

/// The query for all columns.
pub(super) fn query(found: &Found) -> String {
    let [text, is_array, schema, name] = type_fields("a.atttypmod");
    let compression = match found.version >= 140_000 {
        true => "NULLIF(a.attcompression, '')",
        false => "NULL",
    };
    let options = "(SELECT pg_catalog.string_agg(pg_catalog.format('%I %L', f.option_name, f.option_value), ', ') \
                   FROM pg_catalog.pg_options_to_table(a.attfdwoptions) AS f)";
    let fields = packed(&[
        "a.attrelid",
        "a.attnum",
        "a.attname",
        &text,
        &is_array,
        &schema,
        &name,
        "NOT a.attnotnull",
        "CASE WHEN a.atthasdef THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END",
        "a.attgenerated",
        "a.attidentity",
        &collation("a.attcollation", "t.typcollation"),
        "k.description",
        "a.attislocal",
        &format!("CASE WHEN a.attfdwoptions IS NOT NULL THEN {options} END"),
        "CASE WHEN a.attstorage <> t.typstorage THEN CAST(a.attstorage AS text) || pg_catalog.chr(28) || CAST(t.typstorage AS text) END",
        compression,
        "NULLIF(a.attstattarget, -1)",
        "pg_catalog.array_to_string(a.attoptions, pg_catalog.chr(29))",
    ]);
    format!(
        "SELECT {fields} AS text FROM pg_catalog.pg_attribute AS a \
         JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid \
         JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid {ELEMENT} \
         LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
         LEFT JOIN pg_catalog.pg_description AS k ON k.objoid = a.attrelid AND k.objsubid = a.attnum \
         AND k.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass \
         WHERE c.relnamespace IN ({}) AND c.relkind IN ('r', 'p', 'f', 'v', 'm') \
         AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum",
        found.spaces
    )
}

/// All columns.
pub(super) fn of(rows: Vec<String>, found: &Found) -> QueryResult<Columns> {
    let mut all = Columns::new();
    for row in rows {
        let mut row = Fields::of(&row);
        let table = row.oid();
        all.entry(table).or_default().push(column(found, &mut row)?);
    }
    Ok(all)
}

fn column(found: &Found, row: &mut Fields) -> QueryResult<FoundColumn> {
    let number = row.number().unwrap_or_default();
    let name = row.text();
    let ty = type_of(found, row);
    let mut column = Column::new(name, ty);
    column.nullable = row.flag();
    let text = row.maybe();
    let default = match (row.text().as_str(), text) {
        ("", Some(text)) => {
            column.default = default::read(&text, &base(found, &column.ty));
            Some(text)
        }
        (generated, Some(text)) => {
            column.generated = Some(Generated::new(default::bare(&text), generated == "s"));
            None
        }
        (_, None) => None,
    };
    column.identity = match row.text().as_str() {
        "" => None,
        when => Some(Identity {
            always: when == "a",
            ..Identity::default()
        }),
    };
    column.collation = row.maybe();
    column.comment = row.maybe().filter(|comment| !comment.is_empty());
    let is_local = row.flag();
    let foreign = row.maybe();
    let mut settings = Vec::new();
    if let Some(storage) = row.maybe() {
        let words = parts(&storage);
        let word = |at: usize| storage_word(words.get(at).copied().unwrap_or_default());
        settings.push((
            "storage",
            format!("SET STORAGE {}", word(0)),
            format!("SET STORAGE {}", word(1)),
        ));
    }
    if let Some(compression) = row.maybe() {
        let method = match compression.as_str() {
            "l" => "lz4",
            _ => "pglz",
        };
        settings.push((
            "compression",
            format!("SET COMPRESSION {method}"),
            "SET COMPRESSION default".to_owned(),
        ));
    }
    if let Some(target) = row.maybe() {
        settings.push((
            "statistics target",
            format!("SET STATISTICS {target}"),
            "SET STATISTICS -1".to_owned(),
        ));
    }
    for option in row.list() {
        let (name, _) = super::parameter(&option);
        if name.starts_with("pg_") {
            continue; // PostgreSQL 17.12 keeps a counter of its own there, `pg_attver`
        }
        settings.push((
            "column option",
            format!("SET ({option})"),
            format!("RESET ({name})"),
        ));
    }
    Ok(FoundColumn {
        number,
        column,
        default,
        is_local,
        foreign,
        settings,
    })
}

/// The type that a literal of a domain is read as.
fn base(found: &Found, ty: &Type) -> Type {
    match ty {
        Type::Named(name) => found.domains.get(name).unwrap_or(ty).clone(),
        ty => ty.clone(),
    }
}

fn storage_word(letter: &str) -> &'static str {
    match letter {
        "p" => "PLAIN",
        "e" => "EXTERNAL",
        "m" => "MAIN",
        _ => "EXTENDED",
    }
}

impl FoundColumn {
    /// What it has that has no field, for the table `on`.
    pub(super) fn others(&self, on: &ObjectName, quoted: &str) -> QueryResult<Vec<Other>> {
        let column = identifier(&self.column.name)?;
        let alter = |what: &str| format!("ALTER TABLE {quoted} ALTER COLUMN {column} {what}");
        let others = self.settings.iter().map(|(kind, set, reset)| {
            let name = on.sibling(&self.column.name);
            altered(kind, name, on, alter(set), alter(reset))
        });
        Ok(others.collect())
    }

    /// What a partition or a child says of a column that it does not define itself.
    pub(super) fn overrides(
        &self,
        parent: Option<&FoundColumn>,
        on: &ObjectName,
        quoted: &str,
    ) -> QueryResult<Vec<Other>> {
        let Some(parent) = parent else {
            return Ok(Vec::new());
        };
        let column = identifier(&self.column.name)?;
        let alter = |what: &str| format!("ALTER TABLE {quoted} ALTER COLUMN {column} {what}");
        let set = |found: &FoundColumn| match &found.default {
            Some(text) => format!("SET DEFAULT {text}"),
            None => "DROP DEFAULT".to_owned(),
        };
        let name = || on.sibling(&self.column.name);
        let mut others = Vec::new();
        if self.default != parent.default {
            let (own, inherited) = (alter(&set(self)), alter(&set(parent)));
            others.push(altered("default", name(), on, own, inherited));
        }
        if parent.column.nullable && !self.column.nullable {
            let (set, drop) = (alter("SET NOT NULL"), alter("DROP NOT NULL"));
            others.push(altered("not null", name(), on, set, drop));
        }
        Ok(others)
    }
}

/// A name in quotes where it needs them; none that is in the catalogue is refused.
pub(super) fn identifier(name: &str) -> QueryResult<String> {
    quote::identifier(name).map_err(|error| diesel::result::Error::QueryBuilderError(error.into()))
}
