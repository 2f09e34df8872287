//! Column types as PostgreSQL spells them.

use super::quote::{object, sql};
use super::unsupported;
use crate::error::Unsupported;
use crate::schema::{RangeOf, Type};

/// The type of a column; refused if PostgreSQL has no exact equivalent.
pub(super) fn declared(ty: &Type) -> Result<String, Unsupported> {
    if let Some(word) = word(ty) {
        return Ok(word.to_owned());
    }
    match ty {
        Type::Decimal(precision, scale) => Ok(format!("numeric({precision}, {scale})")),
        Type::VarChar(length) => Ok(format!("varchar({length})")),
        Type::Char(length) => Ok(format!("char({length})")),
        Type::Bit(length) => Ok(format!("bit({length})")),
        Type::VarBit(length) => Ok(format!("bit varying({length})")),
        Type::Precise(ty, digits) => precise(ty, *digits),
        Type::Range(of) => Ok(format!("{}range", range(*of))),
        Type::Multirange(of) => Ok(format!("{}multirange", range(*of))),
        Type::Array(ty) => Ok(format!("{}[]", declared(ty)?)),
        Type::Named(name) => object(name),
        Type::Other(spelling) => Ok(sql(&spelling.as_str().into())?.to_owned()), // refuses NUL
        _ => Err(foreign(ty)),
    }
}

/// Types of one word, or of words that belong together.
fn word(ty: &Type) -> Option<&'static str> {
    Some(match ty {
        Type::SmallInt => "smallint",
        Type::Integer => "integer",
        Type::BigInt => "bigint",
        Type::SmallSerial => "smallserial",
        Type::Serial => "serial",
        Type::BigSerial => "bigserial",
        Type::Float => "real",
        Type::Double => "double precision",
        Type::Numeric => "numeric",
        Type::Money => "money",
        Type::Bool => "boolean",
        Type::Text => "text",
        Type::Citext => "citext",
        Type::CChar => "\"char\"",
        Type::Name => "name",
        Type::Binary => "bytea",
        Type::Date => "date",
        Type::Time => "time",
        Type::Timetz => "time with time zone",
        Type::Timestamp => "timestamp",
        Type::Timestamptz => "timestamp with time zone",
        Type::Interval => "interval",
        Type::Json => "json",
        Type::Jsonb => "jsonb",
        Type::Uuid => "uuid",
        Type::Inet => "inet",
        Type::Cidr => "cidr",
        Type::MacAddr => "macaddr",
        Type::MacAddr8 => "macaddr8",
        Type::Oid => "oid",
        Type::PgLsn => "pg_lsn",
        Type::PgSnapshot => "pg_snapshot",
        Type::TsVector => "tsvector",
        Type::TsQuery => "tsquery",
        _ => return None,
    })
}

fn precise(ty: &Type, digits: u8) -> Result<String, Unsupported> {
    match ty {
        Type::Time => Ok(format!("time({digits})")),
        Type::Timetz => Ok(format!("time({digits}) with time zone")),
        Type::Timestamp => Ok(format!("timestamp({digits})")),
        Type::Timestamptz => Ok(format!("timestamp({digits}) with time zone")),
        Type::Interval => Ok(format!("interval({digits})")),
        _ => Err(unsupported(
            format!("keep {digits} digits of a second in {ty:?}"),
            "use `.precision(…)` with a type of time only",
        )),
    }
}

fn range(of: RangeOf) -> &'static str {
    match of {
        RangeOf::Integer => "int4",
        RangeOf::BigInt => "int8",
        RangeOf::Numeric => "num",
        RangeOf::Date => "date",
        RangeOf::Timestamp => "ts",
        RangeOf::Timestamptz => "tstz",
    }
}

/// Types that only other databases have.
fn foreign(ty: &Type) -> Unsupported {
    let (what, help) = match ty {
        Type::TinyInt => ("a number of 8 bits", "use `SmallInt`"),
        Type::MediumInt => ("a number of 24 bits", "use `Integer`"),
        Type::Unsigned(_) => (
            "a number without a sign",
            "use the next larger type with `.check(\"size >= 0\")`",
        ),
        Type::TinyText | Type::MediumText | Type::LongText => {
            ("text of MySQL's sizes", "use `Text`")
        }
        Type::VarBinary(_) | Type::FixedBinary(_) => (
            "bytes of a limited number",
            "use `Binary` with `.check(\"octet_length(digest) = 32\")`",
        ),
        Type::TinyBlob | Type::MediumBlob | Type::LongBlob => {
            ("bytes of MySQL's sizes", "use `Binary`")
        }
        Type::Datetime => ("MySQL's DATETIME", "use `Timestamp` or `Timestamptz`"),
        Type::Year => ("MySQL's YEAR", "use `SmallInt`"),
        Type::Enum(_) => (
            "a list of values as a type without a name",
            "op.create_enum(…) and `Type::named(…)`, or `Text` with a check",
        ),
        Type::Set(_) => (
            "a set of values as a type",
            "use `Text.array()`, or a table of its own",
        ),
        _ => ("this type", "use one of its own, as a string"),
    };
    unsupported(format!("keep {what}"), help)
}
