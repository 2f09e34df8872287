//! The column type that a spelling means: every spelling of a type is read as the same one. Pure.

use super::super::quote::shown;
use super::{DIGITS, Dialect};
use crate::backend::BackendKind;
use crate::schema::Type;
use crate::sql::tokens;

/// The type that the server makes of a spelling, as one of ours where that spells exactly this
/// type, and otherwise the spelling itself in one form.
pub(in super::super) fn read(dialect: Dialect, spelling: &str) -> Type {
    let all: Vec<&str> = tokens(spelling, BackendKind::Mysql).collect();
    let lower: Vec<String> = all.iter().map(|token| token.to_ascii_lowercase()).collect();
    let words: Vec<&str> = lower.iter().map(String::as_str).collect();
    let (name, rest) = named(&words);
    let (arguments, rest) = match rest.split_first() {
        Some((&"(", inner)) => match inner.iter().position(|token| *token == ")") {
            Some(end) => (&inner[..end], &inner[end + 1..]),
            None => return other(&words, &all),
        },
        _ => (&[][..], rest),
    };
    let unsigned = rest.contains(&"unsigned");
    let known = rest
        .iter()
        .all(|word| matches!(*word, "signed" | "unsigned"));
    let ty = match name {
        "enum" | "set" if known && !unsigned => listed(name, &all),
        _ if known => sized(dialect, name, arguments, unsigned),
        _ => None,
    };
    match ty {
        Some(ty) if unsigned => ty.unsigned(),
        Some(ty) => ty,
        None => other(&words, &all),
    }
}

/// The first name of a type, and what follows it.
fn named<'t, 'w>(words: &'t [&'w str]) -> (&'w str, &'t [&'w str]) {
    match words {
        ["double", "precision", rest @ ..] => ("double", rest),
        ["character" | "char", "varying", rest @ ..] => ("varchar", rest),
        ["character", rest @ ..] => ("char", rest),
        ["long", "varchar", rest @ ..] | ["long", "char", "varying", rest @ ..] => {
            ("mediumtext", rest)
        }
        ["long", "varbinary", rest @ ..] => ("mediumblob", rest),
        ["long", rest @ ..] => ("mediumtext", rest),
        ["integer" | "int4", rest @ ..] => ("int", rest),
        ["int1", rest @ ..] => ("tinyint", rest),
        ["int2", rest @ ..] => ("smallint", rest),
        ["int3" | "middleint", rest @ ..] => ("mediumint", rest),
        ["int8", rest @ ..] => ("bigint", rest),
        ["dec" | "numeric" | "fixed", rest @ ..] => ("decimal", rest),
        ["real" | "float8", rest @ ..] => ("double", rest),
        ["float4", rest @ ..] => ("float", rest),
        ["boolean", rest @ ..] => ("bool", rest),
        [name, rest @ ..] => (name, rest),
        [] => ("", &[]),
    }
}

fn sized(dialect: Dialect, name: &str, arguments: &[&str], unsigned: bool) -> Option<Type> {
    let numbers: Vec<u32> = arguments
        .iter()
        .filter(|token| **token != ",")
        .map(|token| token.parse().ok())
        .collect::<Option<_>>()?;
    let moment = |ty: Type| match numbers.as_slice() {
        [] => Some(ty.precision(0)),
        [digits] if *digits == u32::from(DIGITS) => Some(ty),
        [digits] => Some(ty.precision(u8::try_from(*digits).ok()?)),
        _ => None,
    };
    let ty = match (name, numbers.as_slice()) {
        ("tinyint", [1]) if !unsigned => Type::Bool,
        ("bool", []) => Type::Bool,
        ("tinyint", [] | [_]) => Type::TinyInt,
        ("smallint", [] | [_]) => Type::SmallInt,
        ("mediumint", [] | [_]) => Type::MediumInt,
        ("int", [] | [_]) => Type::Integer,
        ("bigint", [] | [_]) => Type::BigInt,
        ("float", []) | ("float", [0..=24]) => Type::Float,
        ("double", []) | ("float", [25..=53]) => Type::Double,
        ("decimal", []) => Type::Decimal(10, 0),
        ("decimal", [precision]) => Type::Decimal(u16::try_from(*precision).ok()?, 0),
        ("decimal", [precision, scale]) => {
            Type::Decimal(u16::try_from(*precision).ok()?, u16::try_from(*scale).ok()?)
        }
        _ if unsigned => return None,
        ("bit", []) => Type::Bit(1),
        ("bit", [length]) => Type::Bit(*length),
        ("char", []) => Type::Char(1),
        ("char", [length]) => Type::Char(*length),
        ("varchar", [length]) => Type::VarChar(*length),
        ("binary", []) => Type::FixedBinary(1),
        ("binary", [length]) => Type::FixedBinary(*length),
        ("varbinary", [length]) => Type::VarBinary(*length),
        ("tinytext", []) => Type::TinyText,
        ("mediumtext", []) => Type::MediumText,
        ("longtext", []) => Type::LongText,
        ("tinyblob", []) => Type::TinyBlob,
        ("mediumblob", []) => Type::MediumBlob,
        ("longblob", []) => Type::LongBlob,
        ("date", []) => Type::Date,
        ("year", [] | [4]) => Type::Year,
        ("time", _) => return moment(Type::Time),
        ("datetime", _) => return moment(Type::Datetime),
        ("timestamp", _) => return moment(Type::Timestamptz),
        ("json", []) => Type::Json,
        ("uuid", []) if dialect == Dialect::Mariadb => Type::Uuid,
        ("inet6", []) if dialect == Dialect::Mariadb => Type::Inet,
        _ => return None,
    };
    Some(ty)
}

/// An ENUM or a SET; `None` if one of its values is not plain text.
fn listed(name: &str, tokens: &[&str]) -> Option<Type> {
    let values: Vec<String> = tokens
        .iter()
        .filter(|token| token.starts_with('\''))
        .map(|token| shown(token))
        .collect::<Option<_>>()?;
    let signs = tokens.iter().filter(|token| !token.starts_with('\''));
    let plain = signs.skip(1).all(|token| matches!(*token, "(" | ")" | ","));
    (plain && !values.is_empty()).then_some(match name {
        "enum" => Type::Enum(values),
        _ => Type::Set(values),
    })
}

/// A type that has no variant: its words in lower case, its texts as they are.
fn other(words: &[&str], all: &[&str]) -> Type {
    let (name, rest) = named(words);
    let mut text = name.to_owned();
    // what follows the name is the end of both lists
    let rest = &all[all.len() - rest.len()..];
    let zerofill = rest
        .iter()
        .any(|token| token.eq_ignore_ascii_case("zerofill"));
    let mut before = name;
    for token in rest {
        let is_text = token.contains(['\'', '"', '`']) || token.starts_with('/');
        if !matches!(*token, "(" | ")" | ",") && !matches!(before, "(" | ",") {
            text.push(' ');
        }
        match is_text {
            true => text.push_str(token),
            false if zerofill && token.eq_ignore_ascii_case("zerofill") => {
                // it is never negative
                if !text.contains(" unsigned") {
                    text.push_str("unsigned ");
                }
                text.push_str("zerofill");
            }
            false => text.push_str(&token.to_ascii_lowercase()),
        }
        before = token;
    }
    Type::Other(text)
}

#[cfg(test)]
mod tests {
    use super::super::spelled;
    use super::*;

    #[test]
    fn spellings_of_one_type_are_one() {
        for (one, other) in [
            ("INTEGER", "int(11)"),
            ("int4", "int signed"),
            ("int1(3)", "tinyint"),
            ("middleint", "int3"),
            ("int8 UNSIGNED", "bigint(20) unsigned"),
            ("BOOLEAN", "tinyint(1)"),
            ("DEC(10)", "decimal(10,0)"),
            ("NUMERIC", "fixed(10, 0)"),
            ("REAL", "double precision"),
            ("float(53)", "double"),
            ("float(24)", "FLOAT"),
            ("char", "character(1)"),
            ("char varying(3)", "varchar(3)"),
            ("LONG VARCHAR", "mediumtext"),
            ("YEAR", "year(4)"),
            ("datetime(0)", "DATETIME"),
            ("ENUM('a', 'B c')", "enum('a','B c')"),
            ("INT(5) ZEROFILL", "int(5) unsigned zerofill"),
            ("POINT SRID 4326", "point srid 4326"),
            ("bit", "bit(1)"),
        ] {
            let read = |text| read(Dialect::Mysql, text);
            assert_eq!(read(one), read(other), "{one}");
        }
        for (one, other) in [
            ("tinyint", "tinyint(1)"),
            ("tinyint(1)", "tinyint(1) unsigned"),
            ("text", "longtext"),
            ("enum('a','b')", "enum('b','a')"),
            ("float(7,3)", "float"),
            ("datetime", "datetime(6)"),
            ("datetime", "timestamp"),
        ] {
            let read = |text| read(Dialect::Mysql, text);
            assert_ne!(read(one), read(other), "{one}");
        }
    }

    #[test]
    fn a_type_is_spelled_as_it_was_read() {
        for dialect in [Dialect::Mysql, Dialect::Mariadb] {
            for text in [
                "int unsigned",
                "tinyint(1) unsigned",
                "int(5) unsigned zerofill",
                "decimal(10,2) unsigned",
                "float(7,3)",
                "enum('a','it''s','x\\\\y')",
                "set('a','b')",
                "time(3)",
                "timestamp",
                "datetime(6)",
                "text",
                "varchar(100) /*M!100301 COMPRESSED*/",
                "geometry",
                "point srid 4326",
                "binary(16)",
                "inet4",
            ] {
                let ty = read(dialect, text);
                let again = spelled(dialect, &ty).map(|text| read(dialect, &text));
                assert_eq!(again.unwrap(), ty, "{text}");
            }
        }
        let compressed = "varchar(100) /*M!100301 COMPRESSED*/";
        assert_eq!(read(Dialect::Mariadb, compressed), Type::other(compressed));
    }
}
