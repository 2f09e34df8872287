//! Column types as SQLite spells them: names that diesel's `print-schema` understands.

use crate::schema::Type;

/// The declared type of a column.
///
/// Types without an equivalent were refused before. If SQLite has no such type, the one in which
/// diesel stores such values: JSON and UUIDs are text, JSONB is bytes, a point in time is a
/// timestamp.
pub(super) fn declared(ty: &Type) -> String {
    match ty {
        Type::TinyInt | Type::SmallInt => "SMALLINT".to_owned(),
        Type::MediumInt | Type::Integer => "INTEGER".to_owned(),
        Type::BigInt => "BIGINT".to_owned(),
        Type::Float => "FLOAT".to_owned(),
        Type::Double => "DOUBLE".to_owned(),
        Type::Numeric => "NUMERIC".to_owned(),
        Type::Decimal(precision, scale) => format!("DECIMAL({precision}, {scale})"),
        Type::Bool => "BOOLEAN".to_owned(),
        Type::VarChar(length) => format!("VARCHAR({length})"),
        Type::Char(length) => format!("CHAR({length})"),
        Type::Binary
        | Type::VarBinary(_)
        | Type::FixedBinary(_)
        | Type::TinyBlob
        | Type::MediumBlob
        | Type::LongBlob
        | Type::Jsonb => "BLOB".to_owned(),
        Type::Date => "DATE".to_owned(),
        Type::Time => "TIME".to_owned(),
        Type::Timestamp | Type::Timestamptz | Type::Datetime => "TIMESTAMP".to_owned(),
        Type::Year => "SMALLINT".to_owned(),
        // every digit is kept, whatever the precision
        Type::Precise(ty, _) => declared(ty),
        Type::Other(spelling) => spelling.clone(),
        _ => "TEXT".to_owned(),
    }
}

/// The declared type of a column of a STRICT table, which has only storage classes.
pub(super) fn strict(ty: &Type) -> String {
    match ty {
        Type::Bool | Type::Year => "INTEGER".to_owned(),
        ty if ty.is_integer() => "INTEGER".to_owned(),
        Type::Float | Type::Double | Type::Numeric | Type::Decimal(..) => "REAL".to_owned(),
        Type::Binary
        | Type::VarBinary(_)
        | Type::FixedBinary(_)
        | Type::TinyBlob
        | Type::MediumBlob
        | Type::LongBlob
        | Type::Jsonb => "BLOB".to_owned(),
        Type::Other(spelling) => spelling.clone(),
        _ => "TEXT".to_owned(),
    }
}
