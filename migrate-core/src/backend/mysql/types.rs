//! Column types as MySQL and MariaDB spell them, and what a type requires of the rest of a column's
//! definition.

mod read;

pub(super) use read::read;

use super::Dialect;
use super::quote::quoted;
use crate::error::Unsupported;
use crate::schema::Type;

/// The default number of fractional digits of a second: the maximum.
const DIGITS: u8 = 6;

/// The type of a column.
///
/// Text and bytes without a length use the longest type of their kind, a date with time is a
/// DATETIME, a point in time a TIMESTAMP, and a UUID is sixteen bytes if the server has no such
/// type.
pub(super) fn spelled(dialect: Dialect, ty: &Type) -> Result<String, Unsupported> {
    let text = match ty {
        Type::TinyInt => "TINYINT".to_owned(),
        Type::SmallInt => "SMALLINT".to_owned(),
        Type::MediumInt => "MEDIUMINT".to_owned(),
        Type::Integer => "INT".to_owned(),
        Type::BigInt => "BIGINT".to_owned(),
        Type::Unsigned(number) if has_sign(number) => {
            format!("{} UNSIGNED", spelled(dialect, number)?)
        }
        Type::Float => "FLOAT".to_owned(),
        Type::Double => "DOUBLE".to_owned(),
        Type::Decimal(precision, scale) => format!("DECIMAL({precision}, {scale})"),
        Type::Numeric => {
            return Err(dialect.unsupported(
                "keep exact numbers of any precision: without one it rounds to whole numbers",
                "say it: `Decimal(precision, scale)`",
            ));
        }
        Type::Bool => "BOOLEAN".to_owned(),
        Type::Text | Type::LongText => "LONGTEXT".to_owned(),
        Type::TinyText => "TINYTEXT".to_owned(),
        Type::MediumText => "MEDIUMTEXT".to_owned(),
        Type::VarChar(length) => format!("VARCHAR({length})"),
        Type::Char(length) => format!("CHAR({length})"),
        Type::Binary | Type::LongBlob => "LONGBLOB".to_owned(),
        Type::TinyBlob => "TINYBLOB".to_owned(),
        Type::MediumBlob => "MEDIUMBLOB".to_owned(),
        Type::VarBinary(length) => format!("VARBINARY({length})"),
        Type::FixedBinary(length) => format!("BINARY({length})"),
        Type::Bit(length) => format!("BIT({length})"),
        Type::Date => "DATE".to_owned(),
        Type::Year => "YEAR".to_owned(),
        Type::Time | Type::Timestamp | Type::Datetime | Type::Timestamptz => {
            moment(ty, DIGITS).unwrap_or_default()
        }
        Type::Precise(time, digits) => {
            precise(time, *digits).ok_or_else(|| no_such_type(dialect, ty))?
        }
        Type::Json | Type::Jsonb => "JSON".to_owned(),
        Type::Uuid => match dialect {
            Dialect::Mysql => "BINARY(16)".to_owned(),
            Dialect::Mariadb => "UUID".to_owned(),
        },
        Type::Inet if dialect == Dialect::Mariadb => "INET6".to_owned(),
        Type::Enum(values) => format!("ENUM{}", listed(dialect, values, None)?),
        Type::Set(values) => format!("SET{}", listed(dialect, values, Some(','))?),
        Type::SmallSerial | Type::Serial | Type::BigSerial => {
            return Err(dialect.unsupported(
                "number rows by a type",
                "use `Integer` or `BigInt` with `.autoincrement()`",
            ));
        }
        Type::Other(spelling) => spelling.clone(),
        _ => return Err(no_such_type(dialect, ty)),
    };
    Ok(text)
}

/// The number of fractional digits of a second of a column type that the server can fill with the
/// current time.
pub(super) fn digits_of_moment(ty: &Type) -> Option<u8> {
    match ty {
        Type::Timestamp | Type::Datetime | Type::Timestamptz => Some(DIGITS),
        Type::Precise(time, digits) => digits_of_moment(time).map(|_| *digits),
        Type::Other(spelling) => digits_of_spelled(spelling),
        _ => None,
    }
}

/// The same for a type as the server spells it.
pub(super) fn digits_of_spelled(spelling: &str) -> Option<u8> {
    let lower = spelling.trim().to_ascii_lowercase();
    let rest = lower
        .strip_prefix("datetime")
        .or_else(|| lower.strip_prefix("timestamp"))?;
    match rest.trim().strip_prefix('(') {
        Some(inside) => inside.split(')').next()?.trim().parse().ok(),
        None => rest.trim().is_empty().then_some(0),
    }
}

/// Whether values of the type are stored outside the row; MySQL then accepts a default only as an
/// expression.
pub(super) fn is_long(spelling: &str) -> bool {
    let lower = spelling.trim().to_ascii_lowercase();
    let word = lower
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default();
    word.ends_with("text")
        || word.ends_with("blob")
        || [
            "json",
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection",
        ]
        .contains(&word)
}

/// Whether values of the type are text, with a character set and a collation.
pub(super) fn is_text(spelling: &str) -> bool {
    let lower = spelling.trim().to_ascii_lowercase();
    ["char", "varchar", "enum", "set", "nchar", "nvarchar"]
        .iter()
        .any(|word| {
            lower
                .strip_prefix(word)
                .is_some_and(|rest| !rest.starts_with(|letter: char| letter.is_alphanumeric()))
        })
        || ["text", "tinytext", "mediumtext", "longtext"]
            .iter()
            .any(|word| lower.starts_with(word))
}

fn has_sign(ty: &Type) -> bool {
    ty.is_integer() && !matches!(ty, Type::Unsigned(_))
        || matches!(ty, Type::Float | Type::Double | Type::Decimal(..))
}

fn moment(ty: &Type, digits: u8) -> Option<String> {
    let name = match ty {
        Type::Time => "TIME",
        Type::Timestamp | Type::Datetime => "DATETIME",
        Type::Timestamptz => "TIMESTAMP",
        _ => return None,
    };
    match digits {
        0 => Some(name.to_owned()),
        digits => Some(format!("{name}({digits})")),
    }
}

fn precise(ty: &Type, digits: u8) -> Option<String> {
    (digits <= DIGITS).then(|| moment(ty, digits))?
}

/// The values of an ENUM or a SET. What the server would silently change is refused.
fn listed(
    dialect: Dialect,
    values: &[String],
    separator: Option<char>,
) -> Result<String, Unsupported> {
    if values.is_empty() {
        return Err(dialect.unsupported("make a type of no values", "list its values"));
    }
    let mut texts = Vec::with_capacity(values.len());
    for value in values {
        if value.ends_with(' ') {
            return Err(dialect.unsupported(
                format!("list the value `{value}`: it ends in a space"),
                "take the space away",
            ));
        }
        if separator.is_some_and(|separator| value.contains(separator)) {
            return Err(dialect.unsupported(
                format!("list the value `{value}` in a set: it has a comma in it"),
                "take the comma away",
            ));
        }
        texts.push(quoted(dialect, value)?);
    }
    Ok(format!("({})", texts.join(", ")))
}

fn no_such_type(dialect: Dialect, ty: &Type) -> Unsupported {
    dialect.unsupported(
        format!("keep a column of the type `{ty:?}`"),
        "use another type where `op.backend()` is this one, or spell one of the server's: `Type::other(\"…\")`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mysql(ty: &Type) -> String {
        spelled(Dialect::Mysql, ty).unwrap()
    }

    #[test]
    fn types_are_spelled_for_the_server() {
        assert_eq!(mysql(&Type::BigInt.unsigned()), "BIGINT UNSIGNED");
        assert_eq!(mysql(&Type::Timestamp), "DATETIME(6)");
        assert_eq!(mysql(&Type::Timestamptz.precision(0)), "TIMESTAMP");
        assert_eq!(mysql(&Type::Time.precision(3)), "TIME(3)");
        assert_eq!(mysql(&Type::one_of(["a", "it's"])), "ENUM('a', 'it''s')");
        assert_eq!(mysql(&Type::Uuid), "BINARY(16)");
        assert_eq!(spelled(Dialect::Mariadb, &Type::Uuid).unwrap(), "UUID");
    }

    #[test]
    fn types_that_are_not_there_are_refused() {
        for ty in [
            Type::Numeric,
            Type::Serial,
            Type::Text.array(),
            Type::Text.unsigned(),
            Type::Integer.unsigned().unsigned(),
            Type::Date.precision(3),
            Type::Time.precision(7),
            Type::one_of(["a "]),
            Type::Enum(Vec::new()),
            Type::some_of(["a,b"]),
            Type::Inet,
        ] {
            assert!(spelled(Dialect::Mysql, &ty).is_err(), "{ty:?}");
        }
    }

    #[test]
    fn what_a_type_is_shows_in_its_spelling() {
        assert_eq!(digits_of_spelled("datetime(3)"), Some(3));
        assert_eq!(digits_of_spelled("timestamp"), Some(0));
        assert_eq!(digits_of_spelled("time(3)"), None);
        assert!(is_long("longtext") && is_long("json") && !is_long("varchar(3)"));
        assert!(is_text("enum('a')") && is_text("varchar(3)") && is_text("mediumtext"));
        assert!(!is_text("character_thing") && !is_text("varbinary(3)") && !is_text("blob"));
    }
}
