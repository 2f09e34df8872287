//! Rows of the catalogue as indexes, keys and checks. Pure.

use std::collections::BTreeMap;

use super::super::Dialect;
use super::super::quote::{existing, quoted};
use super::columns::written;
use super::rows::Fields;
use crate::schema::{
    Action, Check, ForeignKey, Index, IndexKey, IndexPart, ObjectName, Order, PrimaryKey, Sql,
};

/// One part of an index.
pub(super) struct Part {
    position: u32,
    unique: bool,
    part: IndexPart,
    method: String,
    comment: String,
    hidden: bool,
}

impl Part {
    /// The rest of a row, after its table and the index's name.
    pub(super) fn read(dialect: Dialect, mut row: Fields) -> Part {
        let position = row.number().unwrap_or_default();
        let unique = row.text() == "0";
        let column = row.maybe();
        let descending = row.text() == "D";
        let prefix = row.number();
        let method = row.text();
        let comment = row.text();
        let hidden = row.yes();
        let key = match (column, row.maybe()) {
            (Some(column), _) => IndexKey::Column(column),
            (None, expression) => {
                IndexKey::Expression(Sql::from(written(dialect, &expression.unwrap_or_default())))
            }
        };
        let mut part = IndexPart::from(key);
        part.order = descending.then_some(Order::Descending);
        part.prefix = match method.as_str() {
            "BTREE" | "HASH" => prefix,
            _ => None,
        };
        Part {
            position,
            unique,
            part,
            method,
            comment,
            hidden,
        }
    }
}

/// What the parts of an index make.
pub(super) enum Made {
    Primary(PrimaryKey),
    Index(Index),
    /// One with a property that has no field: its kind, and the statement that creates it.
    Other(&'static str, String),
}

/// The index of a table on an engine.
pub(super) fn index(
    dialect: Dialect,
    table: &ObjectName,
    on: &str,
    in_memory: bool,
    name: &str,
    mut parts: Vec<Part>,
) -> Option<Made> {
    parts.sort_by_key(|part| part.position);
    let first = parts.first()?;
    let (unique, hidden, comment) = (first.unique, first.hidden, first.comment.clone());
    let method = match (first.method.as_str(), in_memory) {
        ("BTREE", false) | ("HASH", _) => None,
        (method, _) => Some(method.to_lowercase()),
    };
    let keys: Vec<IndexPart> = parts.into_iter().map(|part| part.part).collect();
    let is_plain = |part: &IndexPart| part.prefix.is_none() && part.order.is_none();
    let is_primary = name == "PRIMARY";
    let columns: Vec<String> = keys
        .iter()
        .filter(|part| is_plain(part) || !is_primary)
        .filter_map(|part| match &part.key {
            IndexKey::Column(column) => Some(column.clone()),
            IndexKey::Expression(_) => None,
        })
        .collect();
    if is_primary && columns.len() == keys.len() && comment.is_empty() {
        return Some(Made::Primary(PrimaryKey {
            columns,
            ..PrimaryKey::default()
        }));
    }
    let known = matches!(
        method.as_deref(),
        None | Some("btree" | "rtree" | "fulltext" | "spatial")
    );
    if known && !is_primary && !hidden && comment.is_empty() {
        let mut index = Index::new(name, table.clone(), keys);
        index.unique = unique;
        index.method = method;
        return Some(Made::Index(index));
    }
    let parts: Vec<String> = keys.iter().map(|key| part(dialect, key)).collect();
    let parts = parts.join(", ");
    let mut options = String::new();
    if !comment.is_empty()
        && let Ok(comment) = quoted(dialect, &comment)
    {
        options.push_str(&format!(" COMMENT {comment}"));
    }
    if hidden {
        options.push_str(match dialect {
            Dialect::Mysql => " INVISIBLE",
            Dialect::Mariadb => " IGNORED",
        });
    }
    if is_primary {
        let text = format!("ALTER TABLE {on} ADD PRIMARY KEY ({parts}){options}");
        return Some(Made::Other("constraint", text));
    }
    let (kind, using) = match method.as_deref() {
        Some(kind @ ("fulltext" | "spatial" | "vector")) => {
            (format!("{} ", kind.to_uppercase()), String::new())
        }
        Some(method) => (String::new(), format!(" USING {}", method.to_uppercase())),
        None => (String::new(), String::new()),
    };
    let unique = if unique { "UNIQUE " } else { "" };
    let text = format!(
        "CREATE {unique}{kind}INDEX {}{using} ON {on} ({parts}){options}",
        existing(name)
    );
    Some(Made::Other("index", text))
}

fn part(dialect: Dialect, part: &IndexPart) -> String {
    let mut text = match &part.key {
        IndexKey::Column(column) => existing(column),
        IndexKey::Expression(sql) => format!("({})", sql.text(dialect.kind())),
    };
    if let Some(length) = part.prefix {
        text.push_str(&format!("({length})"));
    }
    if part.order == Some(Order::Descending) {
        text.push_str(" DESC");
    }
    text
}

/// A column of a foreign key.
pub(super) struct KeyColumn {
    position: u32,
    column: String,
    schema: String,
    table: String,
    referred: String,
}

impl KeyColumn {
    /// The rest of a row, after its table and the key's name.
    pub(super) fn read(mut row: Fields) -> KeyColumn {
        KeyColumn {
            position: row.number().unwrap_or_default(),
            column: row.text(),
            schema: row.text(),
            table: row.text(),
            referred: row.text(),
        }
    }
}

/// The rules of each foreign key, by schema, table and name: ON DELETE and ON UPDATE.
pub(super) type Rules = BTreeMap<(String, String, String), (Option<Action>, Option<Action>)>;

/// The action that a rule says; none for the default, which each server calls by another name.
pub(super) fn action(rule: &str) -> Option<Action> {
    match rule {
        "CASCADE" => Some(Action::Cascade),
        "SET NULL" => Some(Action::SetNull),
        "SET DEFAULT" => Some(Action::SetDefault),
        _ => None,
    }
}

/// The foreign key of its columns.
pub(super) fn foreign_key(
    name: &str,
    mut columns: Vec<KeyColumn>,
    object: impl FnOnce(&str, &str) -> ObjectName,
) -> Option<ForeignKey> {
    columns.sort_by_key(|column| column.position);
    let first = columns.first()?;
    let table = object(&first.schema, &first.table);
    let (own, referred) = columns
        .into_iter()
        .map(|column| (column.column, column.referred))
        .unzip();
    let mut key = ForeignKey::new(own, table, referred);
    key.name = Some(name.to_owned());
    Some(key)
}

/// The rest of a row of a check, after its schema: its table (MariaDB) and the check. The server
/// shows a column's own check under the column's name, but takes that name in no statement.
pub(super) fn check(dialect: Dialect, mut row: Fields) -> (Option<String>, String, Check) {
    let table = row.maybe();
    let name = row.text();
    let of_column = row.text() == "Column";
    let mut check = Check::new(written(dialect, &row.text()));
    match of_column {
        true => check.column = Some(name.clone()),
        false => check.name = Some(name.clone()),
    }
    (table, name, check)
}
