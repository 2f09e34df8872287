//! The names of types: those of diesel, and those that `ty` takes, which are the variants of the
//! library's `Type`. It must not know how a database spells them.

use migrate_graph::suggest::nearest;

use crate::{DieselType, Literal};

/// What sort of value a column has, as far as a mistake can be told from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// A whole number with its least and largest value.
    Integer(i64, i64),
    /// A number with a fraction.
    Number,
    /// True or false.
    Bool,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// What is written as a text of its own form: times, JSON, addresses.
    Written,
    /// A type that diesel does not have.
    Unknown,
}

/// The name of the type that an alias of diesel stands for.
pub(crate) fn canonical(name: &str) -> &str {
    match name {
        "Tinyint" => "TinyInt",
        "Int2" | "Smallint" | "SmallSerial" => "SmallInt",
        "Int4" | "Serial" => "Integer",
        "Int8" | "Bigint" | "BigSerial" => "BigInt",
        "Float4" => "Float",
        "Float8" => "Double",
        "Decimal" => "Numeric",
        "VarChar" | "Varchar" | "Char" | "Bpchar" | "Tinytext" | "Mediumtext" | "Longtext" => {
            "Text"
        }
        "Tinyblob" | "Blob" | "Mediumblob" | "Longblob" | "Varbinary" | "Bit" | "Bytea" => "Binary",
        "TimestamptzSqlite" => "Timestamptz",
        "Macaddr" => "MacAddr",
        "Macaddr8" => "MacAddr8",
        "PgMoney" => "Money",
        "Int4range" | "Int8range" | "Numrange" | "Daterange" | "Tsrange" | "Tstzrange" => "Range",
        "Int4multirange" | "Int8multirange" | "Nummultirange" | "Datemultirange"
        | "Tsmultirange" | "Tstzmultirange" => "Multirange",
        "Timestamp" | "Datetime" => "Timestamp",
        name => name,
    }
}

/// What sort of value a column of this type has.
pub(crate) fn family(ty: &DieselType) -> Family {
    let integer = |bits: u32| Family::Integer(-1 << (bits - 1), (1 << (bits - 1)) - 1);
    match canonical(&ty.name) {
        "TinyInt" => integer(8),
        "SmallInt" => integer(16),
        "Integer" => integer(32),
        "BigInt" => Family::Integer(i64::MIN, i64::MAX),
        "Oid" => Family::Integer(0, i64::from(u32::MAX)),
        "Unsigned" => match ty.arguments.first().map(family) {
            // half of 64 bits is all that a literal can be
            Some(Family::Integer(_, most)) => {
                Family::Integer(0, most.saturating_mul(2).saturating_add(1))
            }
            _ => Family::Unknown,
        },
        "Float" | "Double" | "Numeric" | "Money" => Family::Number,
        "Bool" => Family::Bool,
        "Text" | "Citext" | "CChar" => Family::Text,
        "Binary" => Family::Bytes,
        "Date" | "Time" | "Timetz" | "Timestamp" | "Timestamptz" | "Interval" | "Json"
        | "Jsonb" | "Uuid" | "Inet" | "Cidr" | "MacAddr" | "MacAddr8" | "PgLsn" | "PgSnapshot"
        | "Array" | "Range" | "Multirange" | "TsVector" | "TsQuery" => Family::Written,
        _ => Family::Unknown,
    }
}

/// Why a column of this family cannot have this default, as what it takes; nothing if it can.
pub(crate) fn takes_instead(family: Family, default: &Literal) -> Option<String> {
    let is_number = |text: &str| text.trim().parse::<f64>().is_ok();
    let takes = match (family, default) {
        (Family::Unknown, _) | (_, Literal::Null) => return None,
        (Family::Integer(least, most), Literal::Integer(number)) => {
            if (least..=most).contains(number) {
                return None;
            }
            return Some(format!("a number from {least} to {most}"));
        }
        (Family::Number, Literal::Integer(_) | Literal::Double(_)) => return None,
        (Family::Number, Literal::Text(text)) if is_number(text) => return None,
        (Family::Bool, Literal::Bool(_)) => return None,
        (Family::Text | Family::Written, Literal::Text(_)) => return None,
        (Family::Bytes, Literal::Bytes(_) | Literal::Text(_)) => return None,
        (Family::Integer(..), _) => "a whole number",
        (Family::Number, _) => "a number",
        (Family::Bool, _) => "`true` or `false`",
        (Family::Text | Family::Written, _) => "a text",
        (Family::Bytes, _) => "bytes, `b\"…\"`",
    };
    Some(takes.to_owned())
}

/// What a type of `ty` has behind its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parts {
    /// Nothing.
    Nothing,
    /// So many numbers.
    Numbers(usize),
    /// Another type.
    Type,
    /// Texts in a list.
    Texts,
    /// A name.
    Name,
}

/// A type that `ty` takes.
pub(crate) struct Known {
    /// Its name.
    pub(crate) name: &'static str,
    /// What is behind it.
    pub(crate) parts: Parts,
    /// How diesel calls a column of it, on one database or another; nothing if that is not known.
    pub(crate) read_as: &'static [&'static str],
    /// How it is written in full.
    pub(crate) example: &'static str,
}

macro_rules! known {
    ($($name:ident $parts:expr, $read_as:expr, $example:literal;)*) => {
        &[$(Known {
            name: stringify!($name), parts: $parts, read_as: &$read_as, example: $example,
        }),*]
    };
}

use Parts::{Name, Nothing, Numbers, Texts, Type};

/// The types that `ty` takes.
pub(crate) const KNOWN: &[Known] = known! {
    TinyInt Nothing, ["TinyInt", "Bool", "SmallInt"], "TinyInt";
    SmallInt Nothing, ["SmallInt"], "SmallInt";
    MediumInt Nothing, ["Integer"], "MediumInt";
    // SQLite's row id is read as `BigInt` where `diesel.toml` says so
    Integer Nothing, ["Integer", "BigInt"], "Integer";
    BigInt Nothing, ["BigInt"], "BigInt";
    Unsigned Type, ["Unsigned"], "Integer.unsigned()";
    SmallSerial Nothing, ["SmallInt"], "SmallSerial";
    Serial Nothing, ["Integer"], "Serial";
    BigSerial Nothing, ["BigInt"], "BigSerial";
    Float Nothing, ["Float", "Double"], "Float";
    Double Nothing, ["Double"], "Double";
    // SQLite's are read as `Double`
    Numeric Nothing, ["Numeric", "Double"], "Numeric";
    Decimal Numbers(2), ["Numeric", "Double"], "Decimal(10, 2)";
    Money Nothing, ["Money"], "Money";
    Bool Nothing, ["Bool"], "Bool";
    Text Nothing, ["Text"], "Text";
    TinyText Nothing, ["Text"], "TinyText";
    MediumText Nothing, ["Text"], "MediumText";
    LongText Nothing, ["Text"], "LongText";
    VarChar Numbers(1), ["Text"], "VarChar(80)";
    Char Numbers(1), ["Text"], "Char(2)";
    Citext Nothing, ["Citext", "Text"], "Citext";
    CChar Nothing, ["CChar"], "CChar";
    Name Nothing, ["Text"], "Name";
    Binary Nothing, ["Binary"], "Binary";
    VarBinary Numbers(1), ["Binary"], "VarBinary(64)";
    FixedBinary Numbers(1), ["Binary"], "FixedBinary(16)";
    TinyBlob Nothing, ["Binary"], "TinyBlob";
    MediumBlob Nothing, ["Binary"], "MediumBlob";
    LongBlob Nothing, ["Binary"], "LongBlob";
    Bit Numbers(1), ["Binary"], "Bit(8)";
    VarBit Numbers(1), ["Binary"], "VarBit(8)";
    Date Nothing, ["Date"], "Date";
    Time Nothing, ["Time"], "Time";
    Timetz Nothing, ["Timetz"], "Timetz";
    // where a database has one type for both, diesel says `Timestamp`
    Timestamp Nothing, ["Timestamp", "Timestamptz"], "Timestamp";
    Timestamptz Nothing, ["Timestamptz", "Timestamp"], "Timestamptz";
    Datetime Nothing, ["Timestamp", "Timestamptz"], "Datetime";
    Year Nothing, ["SmallInt"], "Year";
    Interval Nothing, ["Interval"], "Interval";
    Json Nothing, ["Json", "Text"], "Json";
    Jsonb Nothing, ["Jsonb"], "Jsonb";
    Uuid Nothing, ["Uuid", "Binary", "Text"], "Uuid";
    Inet Nothing, ["Inet", "Text"], "Inet";
    Cidr Nothing, ["Cidr", "Inet"], "Cidr";
    MacAddr Nothing, ["MacAddr"], "MacAddr";
    MacAddr8 Nothing, ["MacAddr8"], "MacAddr8";
    Oid Nothing, ["Oid"], "Oid";
    PgLsn Nothing, ["PgLsn"], "PgLsn";
    PgSnapshot Nothing, ["PgSnapshot"], "PgSnapshot";
    Range Type, ["Range"], "Range(Timestamptz)";
    Multirange Type, ["Multirange"], "Multirange(Timestamptz)";
    TsVector Nothing, ["TsVector"], "TsVector";
    TsQuery Nothing, ["TsQuery"], "TsQuery";
    Array Type, ["Array"], "Array(Text)";
    Enum Texts, ["Text"], "Enum[\"open\", \"done\"]";
    Set Texts, ["Text"], "Set[\"read\", \"write\"]";
    Named Name, [], "Named(\"mood\")";
    Other Name, [], "Other(\"GEOMETRY\")";
};

/// What diesel reads so on some databases alone: the type, how a column of it is called, and where.
const READ_ON: &[(&str, &str, &[&str])] = &[
    ("TinyInt", "TinyInt", &["mysql", "mariadb"]),
    ("TinyInt", "Bool", &["mysql", "mariadb"]),
    ("TinyInt", "SmallInt", &["sqlite"]),
    ("Integer", "BigInt", &["sqlite"]),
    ("Float", "Double", &["sqlite"]),
    ("Numeric", "Double", &["sqlite"]),
    ("Decimal", "Double", &["sqlite"]),
    ("Timestamp", "Timestamptz", &["sqlite"]),
    ("Timestamptz", "Timestamp", &["sqlite", "mysql", "mariadb"]),
    ("Datetime", "Timestamptz", &["sqlite"]),
    ("Json", "Text", &["sqlite", "mariadb"]),
    ("Uuid", "Binary", &["sqlite", "mysql", "mariadb"]),
    ("Uuid", "Text", &["sqlite", "mysql", "mariadb"]),
    ("Inet", "Text", &["sqlite", "mysql", "mariadb"]),
];

/// Whether diesel reads a column of this type as the declared type on this database.
pub(crate) fn is_read_on(known: &Known, declared: &DieselType, backend: &str) -> bool {
    let name = canonical(&declared.name);
    let mut rules = READ_ON.iter();
    let rule = rules.find(|(ty, read_as, _)| *ty == known.name && *read_as == name);
    is_read_as(known, declared) && rule.is_none_or(|(.., backends)| backends.contains(&backend))
}

/// The type with this name.
pub(crate) fn known(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// Advice for a name that is no type.
pub(crate) fn meant(name: &str) -> String {
    let same = |known: &&Known| known.name.eq_ignore_ascii_case(name);
    let names = || KNOWN.iter().map(|known| known.name);
    let canonical = known(canonical(name)).map(|known| known.example);
    let near = KNOWN.iter().find(same).map(|known| known.example);
    match near.or(canonical).or_else(|| nearest(name, names())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write a type as the server spells it in quotes: `ty = \"{name}\"`"),
    }
}

/// Whether diesel reads a column of this type as the declared type, on one database or another.
pub(crate) fn is_read_as(known: &Known, declared: &DieselType) -> bool {
    let declared = canonical(&declared.name);
    let is_of_diesel = family(&DieselType {
        name: declared.to_owned(),
        arguments: Vec::new(),
    }) != Family::Unknown
        || declared == "Unsigned";
    !is_of_diesel || known.read_as.is_empty() || known.read_as.contains(&declared)
}
