//! Families of types: what a rename may keep, what a change of type needs and what it may lose.
//! Pure; types are those of `schema`.

use crate::schema::{ObjectName, Type};

/// What kind of values a type has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Integer,
    Number,
    Text,
    Bytes,
    Moment,
    Json,
    Uuid,
    Bool,
    /// One of listed texts, in a column.
    Labels,
    Named(ObjectName),
    Array(Box<Family>),
    Other(String),
}

/// The family of a type.
pub(super) fn family(ty: &Type) -> Family {
    match ty {
        Type::TinyInt
        | Type::SmallInt
        | Type::MediumInt
        | Type::Integer
        | Type::BigInt
        | Type::SmallSerial
        | Type::Serial
        | Type::BigSerial
        | Type::Year => Family::Integer,
        Type::Unsigned(inner) | Type::Precise(inner, _) => family(inner),
        Type::Float | Type::Double | Type::Numeric | Type::Decimal(..) => Family::Number,
        Type::Bool => Family::Bool,
        Type::Text
        | Type::TinyText
        | Type::MediumText
        | Type::LongText
        | Type::VarChar(_)
        | Type::Char(_)
        | Type::Citext
        | Type::CChar
        | Type::Name => Family::Text,
        Type::Binary
        | Type::VarBinary(_)
        | Type::FixedBinary(_)
        | Type::TinyBlob
        | Type::MediumBlob
        | Type::LongBlob => Family::Bytes,
        Type::Date
        | Type::Time
        | Type::Timetz
        | Type::Timestamp
        | Type::Timestamptz
        | Type::Datetime => Family::Moment,
        Type::Json | Type::Jsonb => Family::Json,
        Type::Uuid => Family::Uuid,
        Type::Array(inner) => Family::Array(Box::new(family(inner))),
        Type::Enum(_) | Type::Set(_) => Family::Labels,
        Type::Named(name) => Family::Named(name.clone()),
        Type::Other(spelling) => of_spelling(spelling),
        other => Family::Other(format!("{other:?}")),
    }
}

/// Words that a type's name contains, as SQLite looks for them, and what they mean.
const WORDS: &[(&str, Family)] = &[
    ("interval", Family::Integer),
    ("point", Family::Integer),
    ("int", Family::Integer),
    ("char", Family::Text),
    ("text", Family::Text),
    ("clob", Family::Text),
    ("enum", Family::Labels),
    ("blob", Family::Bytes),
    ("binary", Family::Bytes),
    ("bytea", Family::Bytes),
    ("date", Family::Moment),
    ("time", Family::Moment),
    ("json", Family::Json),
    ("uuid", Family::Uuid),
    ("bool", Family::Bool),
    ("numeric", Family::Number),
    ("decimal", Family::Number),
    ("real", Family::Number),
    ("double", Family::Number),
    ("float", Family::Number),
];

fn of_spelling(spelling: &str) -> Family {
    let lower = spelling.to_lowercase();
    if lower.ends_with("[]") {
        return Family::Array(Box::new(of_spelling(lower.trim_end_matches("[]"))));
    }
    let word = WORDS.iter().find(|(word, _)| lower.contains(word));
    match word {
        Some(("interval" | "point", _)) | None => Family::Other(lower),
        Some((_, family)) => family.clone(),
    }
}

/// Whether values of the one are values of the other, perhaps of another size.
pub(super) fn is_one_family(one: &Type, other: &Type) -> bool {
    let numbers = |family: &Family| matches!(family, Family::Integer | Family::Number);
    let (one, other) = (family(one), family(other));
    one == other || numbers(&one) && numbers(&other)
}

/// Whether values of both are stored as one thing where there are integers, numbers, bytes and
/// texts alone.
pub(super) fn is_stored_alike(one: &Type, other: &Type) -> bool {
    let stored = |ty: &Type| match family(ty) {
        Family::Bool => Family::Integer,
        known @ (Family::Integer | Family::Number | Family::Bytes) => known,
        _ => Family::Text,
    };
    stored(one) == stored(other)
}

/// Whether values are compared by a collation.
pub(super) fn is_text(ty: &Type) -> bool {
    matches!(family(ty), Family::Text | Family::Labels)
}

/// What becomes of values when their type changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    /// Every value fits.
    Fits,
    /// Some may be too large.
    Narrower,
    /// Some may not be convertible.
    Converted,
    /// Each loses a part, such as its time zone or its digits.
    Rounded,
}

pub(super) fn fit(from: &Type, to: &Type) -> Fit {
    if from == to {
        return Fit::Fits;
    }
    let (old, new) = (family(from), family(to));
    if let (Family::Array(_), Family::Array(_), Type::Array(from), Type::Array(to)) =
        (&old, &new, from, to)
    {
        return fit(from, to);
    }
    let smaller = |fewer: bool| if fewer { Fit::Narrower } else { Fit::Fits };
    match (&old, &new) {
        (Family::Integer, Family::Integer) => smaller(!covers(to, from)),
        (Family::Text, Family::Text) => smaller(length(to) < length(from)),
        (Family::Bytes, Family::Bytes) => smaller(length(to) < length(from)),
        (Family::Labels, Family::Labels) => match (from, to) {
            (Type::Enum(old) | Type::Set(old), Type::Enum(new) | Type::Set(new)) => {
                smaller(old.iter().any(|label| !new.contains(label)))
            }
            _ => Fit::Converted,
        },
        (Family::Number, Family::Number) => match (from, to) {
            (_, Type::Numeric | Type::Double) if !matches!(from, Type::Numeric) => Fit::Fits,
            (Type::Decimal(p, s), Type::Decimal(q, t)) if t >= s => {
                smaller(i32::from(*q) - i32::from(*t) < i32::from(*p) - i32::from(*s))
            }
            _ => Fit::Rounded,
        },
        (Family::Integer, Family::Number) => match to {
            Type::Decimal(p, s) => smaller(i32::from(*p) - i32::from(*s) < digits(from)),
            _ => Fit::Fits,
        },
        (Family::Number, Family::Integer) => Fit::Rounded,
        (Family::Moment, Family::Moment) => match (moment(from), moment(to)) {
            ((old, before), (new, after)) if old == new => match after < before {
                true => Fit::Rounded,
                false => Fit::Fits,
            },
            ((Type::Date, _), _) => Fit::Fits,
            _ => Fit::Rounded,
        },
        (Family::Json, Family::Json) => Fit::Rounded,
        (_, Family::Text) => smaller(length(to) < 40),
        _ => Fit::Converted,
    }
}

/// The bits of an integer type, and whether it has negative numbers.
fn bits(ty: &Type) -> (i32, bool) {
    match ty {
        Type::Unsigned(inner) => (bits(inner).0, false),
        Type::TinyInt => (8, true),
        Type::SmallInt | Type::SmallSerial => (16, true),
        Type::MediumInt => (24, true),
        Type::BigInt | Type::BigSerial => (64, true),
        _ => (32, true),
    }
}

fn covers(to: &Type, from: &Type) -> bool {
    match (bits(to), bits(from)) {
        ((to, true), (from, true)) | ((to, false), (from, false)) => to >= from,
        ((to, true), (from, false)) => to > from,
        ((_, false), (_, true)) => false,
    }
}

/// The decimal digits of an integer type.
fn digits(ty: &Type) -> i32 {
    match bits(ty).0 {
        8 => 3,
        16 => 5,
        24 => 8,
        32 => 10,
        _ => 20,
    }
}

/// The largest length of a text or of bytes.
fn length(ty: &Type) -> u64 {
    match ty {
        Type::VarChar(n) | Type::Char(n) | Type::VarBinary(n) | Type::FixedBinary(n) => {
            u64::from(*n)
        }
        Type::CChar => 1,
        Type::Name => 63,
        Type::TinyText | Type::TinyBlob => 255,
        Type::Text | Type::Binary => 65_535,
        Type::MediumText | Type::MediumBlob => 16_777_215,
        _ => u64::from(u32::MAX),
    }
}

/// A type of time without its digits, and their number.
fn moment(ty: &Type) -> (&Type, u8) {
    match ty {
        Type::Precise(inner, digits) => (inner, *digits),
        other => (other, 6),
    }
}
