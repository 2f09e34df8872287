//! A row of `information_schema.columns` as a column. Pure.

use super::super::Dialect;
use super::super::canonical::defaults::{bytes, literal, typed};
use super::super::lookup::unescaped;
use super::super::types::read;
use super::rows::Fields;
use crate::schema::{Column, DefaultValue, Generated, Identity, Sql, Type, Value};

/// A column with what no field of it can say.
pub(super) struct Found {
    pub(super) position: u32,
    pub(super) column: Column,
    pub(super) invisible: bool,
    pub(super) unversioned: bool,
    /// `ROW START` or `ROW END`: it is a bound of the rows' own period.
    pub(super) bound: Option<String>,
    /// Whether the catalogue may not show its default as it is: characters above U+FFFF are
    /// question marks there, and bytes are cut or replaced.
    pub(super) doubtful: bool,
}

impl Found {
    /// The rest of a row, after its table. The collation is the one that the column has.
    pub(super) fn read(dialect: Dialect, mut row: Fields) -> Found {
        let position = row.number().unwrap_or_default();
        let name = row.text();
        let mut spelling = row.text();
        let nullable = row.yes();
        let default = row.maybe();
        let extra = row.text();
        let expression = row.text();
        let collation = row.maybe();
        let comment = row.text();
        if let Some(srid) = row.maybe() {
            spelling.push_str(&format!(" srid {srid}"));
        }
        let has = |words: &str| extra.contains(words);
        let ty = read(dialect, &spelling);
        let bound = Some(expression.clone())
            .filter(|text| has("GENERATED") && matches!(text.as_str(), "ROW START" | "ROW END"));
        let generated = (!expression.is_empty() && !has("DEFAULT_GENERATED"))
            .then(|| Generated::new(written(dialect, &expression), has("STORED GENERATED")));
        let default = match &generated {
            None => default
                .as_deref()
                .and_then(|text| self::default(dialect, &ty, text, &extra)),
            Some(_) => None,
        };
        let doubtful = match &default {
            Some(DefaultValue::Value(Value::Text(text))) => is_bytes(&ty) || text.contains('?'),
            Some(DefaultValue::Value(Value::Binary(_))) => true,
            _ => false,
        };
        let on_update = extra.split_once("on update ").map(|(_, rest)| {
            let end = rest.find([' ', ',']).unwrap_or(rest.len());
            rest[..end].to_owned()
        });
        let mut column = Column::new(name, ty);
        column.nullable = nullable;
        column.default = default.and_then(|default| typed(dialect, &column.ty, &default));
        column.generated = generated;
        column.on_update = on_update.map(Sql::from);
        column.identity = has("auto_increment").then(Identity::default);
        column.collation = collation;
        column.comment = Some(comment).filter(|comment| !comment.is_empty());
        Found {
            position,
            column,
            invisible: has("INVISIBLE"),
            unversioned: has("WITHOUT SYSTEM VERSIONING"),
            bound,
            doubtful,
        }
    }
}

/// Takes the default that the server itself evaluated, in hexadecimal digits.
pub(super) fn evaluated(dialect: Dialect, column: &mut Column, digits: &str) {
    let Some(bytes) = bytes(digits) else { return };
    let value = match String::from_utf8(bytes) {
        Ok(text) => Value::Text(text), // a column of bytes makes bytes of it
        Err(error) => Value::Binary(error.into_bytes()),
    };
    column.default = typed(dialect, &column.ty, &DefaultValue::Value(value));
}

/// An expression as it can be written.
pub(super) fn written(dialect: Dialect, expression: &str) -> String {
    match dialect {
        Dialect::Mysql => unescaped(expression),
        Dialect::Mariadb => expression.to_owned(),
    }
}

/// A default as each server shows it: MySQL literals as they are and expressions by a word beside
/// them, MariaDB all of them as SQL.
fn default(dialect: Dialect, ty: &Type, content: &str, extra: &str) -> Option<DefaultValue> {
    let is_literal = dialect == Dialect::Mysql && !extra.contains("DEFAULT_GENERATED");
    if is_literal {
        let digits = content.strip_prefix("0x").filter(|_| is_bytes(ty));
        let value = match digits.and_then(bytes) {
            Some(bytes) => Value::Binary(bytes),
            None => Value::Text(content.to_owned()),
        };
        return Some(DefaultValue::Value(value));
    }
    let content = written(dialect, content);
    match (dialect, literal(&content)) {
        (_, Some(Value::Null)) => None,
        (Dialect::Mariadb, Some(value)) => Some(DefaultValue::Value(value)),
        _ => Some(DefaultValue::Expression(Sql::from(content))),
    }
}

/// Whether values of a type are bytes.
pub(super) fn is_bytes(ty: &Type) -> bool {
    match ty {
        Type::VarBinary(_)
        | Type::FixedBinary(_)
        | Type::TinyBlob
        | Type::MediumBlob
        | Type::LongBlob => true,
        Type::Other(spelling) => spelling == "blob",
        _ => false,
    }
}
