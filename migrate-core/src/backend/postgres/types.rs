//! Column types as PostgreSQL spells them.

use super::quote::{object, sql};
use super::unsupported;
use crate::backend::BackendKind;
use crate::error::Unsupported;
use crate::schema::{RangeOf, Type};
use crate::sql::{tokens, unquoted};

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

/// The type that a text spells, in any of the spellings that the server knows; `Other` if no type
/// spells exactly that.
pub(super) fn read(text: &str) -> Type {
    let mut words: Vec<String> = tokens(text, BackendKind::Postgres).map(word_of).collect();
    if words.len() > 2 && words[0] == "pg_catalog" && words[1] == "." {
        words.drain(..2);
    }
    let is_array = cut_dimensions(&mut words);
    let ty = element(&words).unwrap_or_else(|| match is_array {
        true => Type::Other(joined(&words)),
        false => Type::Other(text.trim().to_owned()),
    });
    match is_array {
        true => ty.array(),
        false => ty,
    }
}

/// A type that is spelled as text, spelled one way.
pub(super) fn plain(ty: &Type) -> Type {
    let Type::Other(text) = ty else {
        return ty.clone();
    };
    match read(text) {
        Type::Other(text) => {
            let words: Vec<String> = tokens(&text, BackendKind::Postgres).map(word_of).collect();
            Type::Other(joined(&words))
        }
        ty => ty,
    }
}

/// A token as the server reads it; one in quotes keeps them if it needs them.
fn word_of(token: &str) -> String {
    let name = unquoted(token);
    let is_plain = |name: &str| {
        let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_';
        name.starts_with(|sign: char| !sign.is_ascii_digit()) && name.chars().all(plain)
    };
    match token.starts_with('"') {
        // `"char"` and `"bit"` are not what they are without quotes
        true if is_plain(&name) && !matches!(name.as_str(), "char" | "bit") => name,
        true => token.to_owned(),
        false => token.to_lowercase(),
    }
}

/// Words with a space between those that need one.
fn joined(words: &[String]) -> String {
    let mut text = String::new();
    let is_word = |sign: char| sign == '_' || sign == '"' || sign.is_alphanumeric();
    for word in words {
        if text.ends_with(|sign| is_word(sign) || sign == ')') && word.starts_with(is_word) {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

/// Takes the dimensions of an array from the end.
fn cut_dimensions(words: &mut Vec<String>) -> bool {
    let before = words.len();
    while words.last().is_some_and(|word| word == "]") {
        match words.iter().rposition(|word| word == "[") {
            Some(at) => words.truncate(at),
            None => break,
        }
    }
    if words.len() > 1 && words.last().is_some_and(|word| word == "array") {
        words.pop();
    }
    words.len() < before
}

fn element(words: &[String]) -> Option<Type> {
    let open = words.iter().position(|word| word == "(");
    let close = words.iter().position(|word| word == ")");
    let (name, arguments) = match (open, close) {
        (Some(open), Some(close)) if open < close => (
            [&words[..open], &words[close + 1..]].concat().join(" "),
            words[open + 1..close].concat(),
        ),
        (None, None) => (words.join(" "), String::new()),
        _ => return None,
    };
    let numbers: Vec<u32> = match arguments.as_str() {
        "" => Vec::new(),
        list => list
            .split(',')
            .map(|number| number.parse().ok())
            .collect::<Option<_>>()?,
    };
    let small = |number: u32| u16::try_from(number).ok();
    Some(match (name.as_str(), numbers.as_slice()) {
        ("numeric" | "decimal" | "dec", [precision]) => Type::Decimal(small(*precision)?, 0),
        ("numeric" | "decimal" | "dec", [precision, scale]) => {
            Type::Decimal(small(*precision)?, small(*scale)?)
        }
        ("numeric" | "decimal" | "dec", []) => Type::Numeric,
        ("float", [digits]) if *digits <= 24 => Type::Float,
        ("float", [] | [_]) => Type::Double,
        ("character varying" | "varchar" | "char varying", [length]) => Type::VarChar(*length),
        ("varchar" | "char varying", []) => Type::other("character varying"),
        ("character" | "char" | "bpchar", [length]) => Type::Char(*length),
        ("character" | "char", []) => Type::Char(1),
        ("bit", [length]) => Type::Bit(*length),
        ("bit", []) => Type::Bit(1),
        ("bit varying" | "varbit", [length]) => Type::VarBit(*length),
        ("varbit", []) => Type::other("bit varying"),
        (_, [digits]) => {
            let ty = moment(&name)?;
            ty.precision(u8::try_from(*digits).ok()?)
        }
        (_, []) => return moment(&name).or_else(|| alone(&name)),
        _ => return None,
    })
}

/// The types of time.
fn moment(name: &str) -> Option<Type> {
    Some(match name {
        "time" | "time without time zone" => Type::Time,
        "timetz" | "time with time zone" => Type::Timetz,
        "timestamp" | "timestamp without time zone" => Type::Timestamp,
        "timestamptz" | "timestamp with time zone" => Type::Timestamptz,
        "interval" => Type::Interval,
        _ => return None,
    })
}

/// Types without arguments.
fn alone(name: &str) -> Option<Type> {
    Some(match name {
        "int2" => Type::SmallInt,
        "int" | "int4" => Type::Integer,
        "int8" => Type::BigInt,
        "serial2" => Type::SmallSerial,
        "serial4" => Type::Serial,
        "serial8" => Type::BigSerial,
        "float4" => Type::Float,
        "float8" => Type::Double,
        "bool" => Type::Bool,
        name => {
            let ranges = RANGES.into_iter().flat_map(|of| {
                let (one, several) = (Type::Range(of), Type::Multirange(of));
                [one, several]
            });
            let known = WORDS.iter().cloned().chain(ranges);
            return known
                .into_iter()
                .find(|ty| declared(ty).is_ok_and(|spelled| spelled == name));
        }
    })
}

const RANGES: [RangeOf; 6] = [
    RangeOf::Integer,
    RangeOf::BigInt,
    RangeOf::Numeric,
    RangeOf::Date,
    RangeOf::Timestamp,
    RangeOf::Timestamptz,
];

/// The types that [`word`] spells.
const WORDS: &[Type] = &[
    Type::SmallInt,
    Type::Integer,
    Type::BigInt,
    Type::SmallSerial,
    Type::Serial,
    Type::BigSerial,
    Type::Float,
    Type::Double,
    Type::Money,
    Type::Bool,
    Type::Text,
    Type::Citext,
    Type::CChar,
    Type::Name,
    Type::Binary,
    Type::Date,
    Type::Json,
    Type::Jsonb,
    Type::Uuid,
    Type::Inet,
    Type::Cidr,
    Type::MacAddr,
    Type::MacAddr8,
    Type::Oid,
    Type::PgLsn,
    Type::PgSnapshot,
    Type::TsVector,
    Type::TsQuery,
];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_type_is_read() {
        for (text, ty) in [
            ("INT", Type::Integer),
            ("pg_catalog.int4", Type::Integer),
            ("double precision", Type::Double),
            ("float(24)", Type::Float),
            ("float(25)", Type::Double),
            ("numeric(10)", Type::Decimal(10, 0)),
            ("decimal(10, 2)", Type::Decimal(10, 2)),
            ("numeric(5,-2)", Type::other("numeric(5,-2)")),
            ("VARCHAR(80)", Type::VarChar(80)),
            ("varchar", Type::other("character varying")),
            ("character varying(5)[]", Type::VarChar(5).array()),
            ("int[3][3]", Type::Integer.array()),
            ("text array", Type::Text.array()),
            ("char", Type::Char(1)),
            ("\"char\"", Type::CChar),
            ("bpchar", Type::other("bpchar")),
            (
                "timestamp (3) with time zone",
                Type::Timestamptz.precision(3),
            ),
            ("timestamp without time zone", Type::Timestamp),
            ("interval(2)", Type::Interval.precision(2)),
            (
                "interval year to month",
                Type::other("interval year to month"),
            ),
            ("tstzrange", Type::Range(RangeOf::Timestamptz)),
            ("int4multirange", Type::Multirange(RangeOf::Integer)),
            ("\"text\"", Type::Text),
            ("geometry(Point,4326)", Type::other("geometry(Point,4326)")),
        ] {
            assert_eq!(read(text), ty, "{text}");
        }
        assert_eq!(
            plain(&Type::other("Geometry ( Point , 4326 )")),
            Type::other("geometry(point,4326)")
        );
    }

    #[test]
    fn what_is_spelled_is_read_again() {
        let ranges = RANGES.into_iter().map(Type::Range);
        for ty in WORDS.iter().cloned().chain(ranges) {
            assert_eq!(read(&declared(&ty).unwrap()), ty);
        }
    }
}
