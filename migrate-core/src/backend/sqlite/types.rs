//! Column types as SQLite spells them: names that diesel's `print-schema` understands. Both
//! directions; pure.

use super::rebuild::parse::tokens;
use crate::schema::Type;
use crate::sql::{PieceKind, unquoted};

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

/// The type that is declared so: one that is spelled so, or the text itself.
pub(super) fn read(declared: &str, in_strict: bool) -> Type {
    known(&words(declared), in_strict).unwrap_or_else(|| Type::Other(declared.to_owned()))
}

/// A type spelled one way, by what is declared for it. INT is not INTEGER where only the latter
/// makes the column an alias of the rowid.
pub(super) fn canonical(ty: &Type, in_strict: bool, may_be_rowid: bool) -> Type {
    let declared = match in_strict {
        true => strict(ty),
        false => declared(ty),
    };
    let words = words(&declared);
    let words = match words.as_str() {
        "INT" if !may_be_rowid => "INTEGER".to_owned(),
        "BOOL" => "BOOLEAN".to_owned(),
        "DOUBLE PRECISION" => "DOUBLE".to_owned(),
        _ => match words.strip_prefix("CHARACTER VARYING(") {
            Some(length) => format!("VARCHAR({length}"),
            None => words,
        },
    };
    known(&words, in_strict).unwrap_or(Type::Other(words))
}

/// The words of a declared type in upper case, with one space between two words and none elsewhere.
fn words(declared: &str) -> String {
    let tokens = tokens(declared);
    if let [only] = tokens.as_slice()
        && only.kind == PieceKind::Quoted
    {
        let name = unquoted(&declared[only.span.clone()]);
        let is_plain = |sign: char| sign.is_ascii_alphanumeric() || sign == ' ';
        if name.chars().all(is_plain) {
            return words(&name);
        }
    }
    let mut words = String::with_capacity(declared.len());
    let mut was_word = false;
    for token in tokens {
        let is_word = token.kind != PieceKind::Sign;
        if is_word && was_word {
            words.push(' ');
        }
        words.push_str(&declared[token.span].to_ascii_uppercase());
        was_word = is_word;
    }
    words
}

/// The type whose declaration has these words.
fn known(words: &str, in_strict: bool) -> Option<Type> {
    let (name, arguments) = match words
        .strip_suffix(')')
        .and_then(|rest| rest.split_once('('))
    {
        Some((name, arguments)) => {
            let numbers = arguments.split(',').map(|number| {
                let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
                number.parse().ok().filter(|_| is_number)
            });
            (name, numbers.collect::<Option<Vec<u32>>>()?)
        }
        None => (words, Vec::new()),
    };
    Some(match (name, arguments.as_slice()) {
        ("INTEGER", []) => Type::Integer,
        ("TEXT", []) => Type::Text,
        ("BLOB", []) => Type::Binary,
        ("REAL", []) if in_strict => Type::Double,
        _ if in_strict => return None,
        ("SMALLINT", []) => Type::SmallInt,
        ("BIGINT", []) => Type::BigInt,
        ("FLOAT", []) => Type::Float,
        ("DOUBLE", []) => Type::Double,
        ("NUMERIC", []) => Type::Numeric,
        ("DECIMAL", [precision, scale]) => {
            Type::Decimal(u16::try_from(*precision).ok()?, u16::try_from(*scale).ok()?)
        }
        ("BOOLEAN", []) => Type::Bool,
        ("VARCHAR", [length]) => Type::VarChar(*length),
        ("CHAR", [length]) => Type::Char(*length),
        ("DATE", []) => Type::Date,
        ("TIME", []) => Type::Time,
        ("TIMESTAMP", []) => Type::Timestamp,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_read_back() {
        for ty in [
            Type::SmallInt,
            Type::Integer,
            Type::BigInt,
            Type::Float,
            Type::Double,
            Type::Numeric,
            Type::Decimal(10, 2),
            Type::Bool,
            Type::Text,
            Type::VarChar(80),
            Type::Char(2),
            Type::Binary,
            Type::Date,
            Type::Time,
            Type::Timestamp,
            Type::other(""),
            Type::other("unsigned big int"),
            Type::other("VARCHAR"),
            Type::other("\"native char\""),
            Type::other("DECIMAL(+10,2)"),
        ] {
            assert_eq!(read(&declared(&ty), false), ty);
        }
        assert_eq!(read(&strict(&Type::Double), true), Type::Double);
        assert_eq!(read("\"INTEGER\"", false), Type::Integer);
        assert_eq!(read("real", true), Type::Double);
        assert_eq!(read("REAL", false), Type::other("REAL"));
        assert_eq!(read("any", true), Type::other("any"));
        assert_eq!(read("varchar ( 8 )", false), Type::VarChar(8));
        assert_eq!(read("VARCHAR(007)", false), Type::VarChar(7));
    }

    #[test]
    fn one_and_the_same_type_is_spelled_one_way() {
        let same = |one: Type, other: &str| {
            let other = canonical(&Type::other(other), false, false);
            assert_eq!(canonical(&one, false, false), other);
        };
        same(Type::Integer, "int");
        same(Type::MediumInt, "Integer");
        same(Type::Bool, "bool");
        same(Type::Double, "double  precision");
        same(Type::VarChar(8), "character varying ( 8 )");
        same(Type::Uuid, "text");
        same(Type::Timestamptz, "timestamp");
        same(
            Type::other("Native  Character( 70)"),
            "NATIVE CHARACTER(70)",
        );
        let int = Type::other("int");
        assert_eq!(canonical(&int, false, true), Type::other("INT"));
        assert_ne!(
            canonical(&Type::other("ab"), false, false),
            canonical(&Type::other("a b"), false, false)
        );
    }
}
