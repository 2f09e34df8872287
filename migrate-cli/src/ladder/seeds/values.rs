//! Values at the edges of a type, and as many different ones as are asked for. Pure; it must not
//! know which column they are for.

use migrate_core::engine::backend::BackendKind;
use migrate_core::schema::{RangeOf, Schema, Sql, Type, Value};

/// The longest text that is made for a type without a shorter limit.
const LONGEST: usize = 2000;

/// What the values of a type depend on.
#[derive(Clone, Copy)]
pub(super) struct Types<'s> {
    pub(super) kind: BackendKind,
    pub(super) schema: &'s Schema,
    /// Without the edges.
    pub(super) calm: bool,
}

impl Types<'_> {
    /// The type behind a domain.
    pub(super) fn base(&self, ty: &Type) -> Type {
        let Type::Named(name) = ty else {
            return ty.clone();
        };
        let mut domains = self.schema.domains.iter();
        match domains.find(|domain| domain.name == *name) {
            Some(domain) => self.base(&domain.ty),
            None => ty.clone(),
        }
    }

    /// Values of a type, different ones where it has them; none if it is not known.
    pub(super) fn edges(&self, ty: &Type) -> Vec<Value> {
        if self.calm && self.numbered(ty, 0).is_some() {
            return (1..=8).filter_map(|n| self.numbered(ty, n)).collect();
        }
        match ty {
            ty if ty.is_integer() => integers(ty),
            Type::Float | Type::Double => self.doubles(),
            Type::Numeric => texts(&["1", "0", "-1", "0.5", "123456789.25", "-99999", "2", "3"]),
            Type::Decimal(precision, scale) => decimals(*precision, *scale),
            Type::Money => texts(&["1", "0", "-1", "1000.5", "99999", "2", "3", "4"]),
            Type::Bool => vec![Value::Bool(true), Value::Bool(false)],
            Type::Bit(length) => bits(self.kind, *length),
            Type::VarBit(_) => texts(&["1", "0", ""]),
            Type::Date if self.kind == BackendKind::Postgres => texts(&[
                "1970-01-01",
                "2000-02-29",
                "1999-12-31",
                "0001-01-01",
                "9999-12-31",
                "infinity",
                "2024-02-29",
                "4713-01-01 BC",
            ]),
            Type::Date => texts(&[
                "1970-01-01",
                "2000-02-29",
                "1999-12-31",
                "1000-01-01",
                "9999-12-31",
                "2024-02-29",
                "2001-01-01",
                "2038-01-19",
            ]),
            Type::Time => texts(&[
                "00:00:00", "23:59:59", "12:00:00", "00:00:01", "11:59:59", "06:30:00", "18:00:00",
                "01:02:03",
            ]),
            Type::Timetz => texts(&["00:00:00+00", "23:59:59+14", "12:00:00-12", "01:02:03+00"]),
            // on MySQL and MariaDB this is a moment, from 1970 to 2038
            Type::Timestamp if self.kind != BackendKind::Postgres => texts(&[
                "1970-01-02 00:00:01",
                "2000-02-29 23:59:59",
                "1999-12-31 23:59:59",
                "2038-01-18 03:14:07",
                "2024-02-29 00:00:00",
                "2001-01-01 12:00:00",
                "2010-06-15 12:00:00",
                "2020-01-01 00:00:00",
            ]),
            Type::Timestamp | Type::Timestamptz => texts(&[
                "1970-01-01 00:00:00",
                "2000-02-29 23:59:59",
                "1999-12-31 23:59:59.999999",
                "0001-01-01 00:00:00",
                "9999-12-31 23:59:59",
                "infinity",
                "2024-02-29 00:00:00",
                "2001-01-01 12:00:00",
            ]),
            Type::Datetime => texts(&[
                "1970-01-01 00:00:00",
                "2000-02-29 23:59:59",
                "1999-12-31 23:59:59",
                "1000-01-01 00:00:00",
                "9999-12-31 23:59:59",
                "2024-02-29 00:00:00",
                "2001-01-01 12:00:00",
                "2010-06-15 12:00:00",
            ]),
            Type::Year => [2000, 1901, 2155, 1970, 2038, 1999, 2024, 2001]
                .map(Value::from)
                .into(),
            Type::Precise(ty, _) => self.edges(ty),
            Type::Json | Type::Jsonb => texts(&[
                "{}",
                "[]",
                "null",
                "0",
                "\"it's\"",
                "{\"a\": {\"b\": [1, null]}}",
                "\"𝄞\"",
                "true",
            ]),
            Type::Uuid => texts(&[
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
            ])
            .into_iter()
            .chain((2..8).filter_map(|n| self.numbered(ty, n)))
            .collect(),
            Type::Enum(labels) | Type::Set(labels) => {
                labels.iter().map(|l| l.as_str().into()).collect()
            }
            Type::Named(name) => match self.schema.enums.iter().find(|found| found.name == *name) {
                Some(found) => found
                    .values
                    .iter()
                    .map(|label| label.as_str().into())
                    .collect(),
                None => match self.base(ty) {
                    Type::Named(_) => Vec::new(),
                    base => self.edges(&base),
                },
            },
            Type::Array(element) => self.arrays(element),
            Type::CChar => texts(&["a", "b", "'", "\\", "1"]),
            Type::TsVector | Type::TsQuery => texts(&["a", "b", "c", "d", "e", "f", "g", "h"]),
            Type::Other(spelling) if length(ty).is_none() => self.others(spelling),
            ty => match (length(ty), size(ty)) {
                (Some(length), _) => words(length),
                (None, Some(size)) => bytes(ty, size),
                (None, None) => (0..8).filter_map(|n| self.numbered(ty, n)).collect(),
            },
        }
    }

    /// The value with a number: another one for each, as far as the type has so many.
    pub(super) fn numbered(&self, ty: &Type, n: usize) -> Option<Value> {
        let number = i64::try_from(n).unwrap_or(0);
        let days = |n: usize| {
            format!(
                "{}-{:02}-{:02}",
                2001 + n / 300,
                n / 25 % 12 + 1,
                n % 25 + 1
            )
        };
        Some(match ty {
            // far from the numbers that revisions give their own rows
            ty if ty.is_integer() => Value::Integer(match plain(ty) {
                Type::TinyInt => 100 + number % 27,
                Type::SmallInt => 30_000 + number % 2_000,
                _ => 1_000_001 + number,
            }),
            Type::SmallSerial => Value::Integer(30_000 + number % 2_000),
            Type::Serial | Type::BigSerial | Type::Oid => Value::Integer(1_000_001 + number),
            Type::Float | Type::Double | Type::Numeric | Type::Money => Value::Integer(number + 1),
            Type::Decimal(precision, scale) => {
                let whole = u32::from(precision.saturating_sub(*scale)).min(4);
                match whole {
                    0 => Value::Text(format!("0.{}", number % 9 + 1)),
                    _ => Value::Text((number % 10_i64.pow(whole)).to_string()),
                }
            }
            Type::Date => days(n).into(),
            Type::Time | Type::Timetz => {
                format!("{:02}:{:02}:{:02}", n / 3600 % 24, n / 60 % 60, n % 60).into()
            }
            Type::Timestamp | Type::Timestamptz | Type::Datetime => {
                format!("{} 12:00:00", days(n)).into()
            }
            Type::Year => Value::Integer(1970 + number % 150),
            Type::Precise(ty, _) => self.numbered(ty, n)?,
            Type::Interval => format!("{n} days").into(),
            Type::Json | Type::Jsonb => format!("{{\"n\": {n}}}").into(),
            Type::Uuid => format!("00000000-0000-4000-8000-{n:012x}").into(),
            Type::Inet | Type::Cidr if self.kind == BackendKind::Postgres => {
                format!("10.0.{}.{}/32", n / 250 % 250, n % 250).into()
            }
            Type::Inet => format!("2001:db8::{n:x}").into(),
            Type::MacAddr => format!("08:00:2b:00:{:02x}:{:02x}", n / 256 % 256, n % 256).into(),
            Type::MacAddr8 => {
                format!("08:00:2b:ff:fe:00:{:02x}:{:02x}", n / 256 % 256, n % 256).into()
            }
            Type::PgLsn => format!("0/{:X}", n + 16).into(),
            Type::PgSnapshot => format!("{0}:{0}:", n + 10).into(),
            Type::Range(of) => {
                format!("[{},{})", range_end(*of, 2 * n), range_end(*of, 2 * n + 1)).into()
            }
            Type::Multirange(of) => format!(
                "{{[{},{})}}",
                range_end(*of, 2 * n),
                range_end(*of, 2 * n + 1)
            )
            .into(),
            Type::Bit(length) => bit(self.kind, *length, n),
            Type::Array(element) => {
                Value::Text(format!("{{{}}}", quoted(&self.numbered(element, n)?)?))
            }
            Type::Named(name)
                if self
                    .schema
                    .domains
                    .iter()
                    .any(|domain| domain.name == *name) =>
            {
                self.numbered(&self.base(ty), n)?
            }
            ty => match (length(ty), size(ty)) {
                (Some(length), _) => Value::Text(word(length, n, self.calm)),
                (None, Some(size)) => Value::Binary(numbered_bytes(ty, size, n)),
                (None, None) => return None,
            },
        })
    }

    fn doubles(&self) -> Vec<Value> {
        let mut values: Vec<Value> = [1.0, 0.0, -1.0, 0.5, 1e30, -1e30, 1e-30, 2.0]
            .map(Value::Double)
            .into();
        if self.kind == BackendKind::Postgres {
            values.splice(4..6, texts(&["NaN", "Infinity"]));
        }
        values
    }

    fn arrays(&self, element: &Type) -> Vec<Value> {
        let mut values = vec![Value::from("{}"), Value::from("{NULL}")];
        let edges = self.edges(element);
        let one = edges.iter().filter_map(quoted);
        values.extend(one.map(|text| Value::Text(format!("{{{text}}}"))).take(6));
        values
    }

    /// Of a type that is known by its spelling only.
    fn others(&self, spelling: &str) -> Vec<Value> {
        let spelling = spelling.to_lowercase();
        let is = |word: &str| spelling.contains(word);
        if self.kind == BackendKind::Sqlite {
            // what can be kept in a column depends on its affinity alone
            return match spelling.as_str() {
                _ if is("int") => integers(&Type::Integer),
                _ if is("char") || is("clob") || is("text") => words(50),
                _ if is("blob") => bytes(&Type::Binary, 20),
                _ => [1, 0, -1, 2, 3, 4, 5, 6].map(Value::from).into(),
            };
        }
        let points = (0..8).map(|n| (n, n + 1));
        if self.kind == BackendKind::Postgres {
            let text = |n: i32| match spelling.as_str() {
                "xml" => Some(format!("<a n=\"{n}\"/>")),
                "point" => Some(format!("({n},1)")),
                "line" => Some(format!("{{1,2,{n}}}")),
                "lseg" | "path" | "box" => Some(format!("(({n},0),(2,2))")),
                "polygon" => Some(format!("((0,0),(1,{n}),(1,0))")),
                "circle" => Some(format!("<(0,0),{}>", n + 1)),
                "hstore" => Some(format!("a=>{n}")),
                "ltree" => Some(format!("a.b{n}")),
                _ => None,
            };
            return (0..8).filter_map(text).map(Value::from).collect();
        }
        let expression = |(x, y): (i32, i32)| {
            let text = match spelling.as_str() {
                _ if is("multipoint") => format!("MULTIPOINT({x} {y})"),
                _ if is("point") || spelling.starts_with("geometry") => format!("POINT({x} {y})"),
                _ if is("multilinestring") => format!("MULTILINESTRING(({x} 0, {y} 1))"),
                _ if is("linestring") => format!("LINESTRING({x} 0, {y} 1)"),
                _ if is("multipolygon") => format!("MULTIPOLYGON((({x} 0, 9 0, 9 9, {x} 0)))"),
                _ if is("polygon") => format!("POLYGON(({x} 0, 9 0, 9 9, {x} 0))"),
                _ if is("collection") => format!("GEOMETRYCOLLECTION(POINT({x} {y}))"),
                _ => return None,
            };
            let srid = spelling.split("srid").nth(1).unwrap_or_default();
            let srid: String = srid.chars().filter(char::is_ascii_digit).collect();
            let srid = if srid.is_empty() { "0" } else { &srid };
            Some(Value::Expression(Sql::from(format!(
                "ST_GeomFromText('{text}', {srid})"
            ))))
        };
        let found: Vec<Value> = points.filter_map(expression).collect();
        match () {
            () if !found.is_empty() => found,
            () if spelling.starts_with("inet4") => {
                (1..9).map(|n| format!("10.0.0.{n}").into()).collect()
            }
            () if spelling.starts_with("vector") => Vec::new(),
            () => words(8),
        }
    }
}

fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| Value::from(*text)).collect()
}

fn plain(ty: &Type) -> &Type {
    match ty {
        Type::Unsigned(ty) => plain(ty),
        ty => ty,
    }
}

fn integers(ty: &Type) -> Vec<Value> {
    let bits = match plain(ty) {
        Type::TinyInt => 8,
        Type::SmallInt => 16,
        Type::MediumInt => 24,
        Type::BigInt => 64,
        _ => 32,
    };
    let largest = i64::MAX >> (64 - bits);
    if !matches!(ty, Type::Unsigned(_)) {
        return [1, 0, -1, -largest - 1, largest, 2, 7, 10]
            .map(Value::Integer)
            .into();
    }
    let most = match bits {
        64 => Value::from("18446744073709551615"),
        _ => Value::Integer(2 * largest + 1),
    };
    let mut values = vec![Value::Integer(1), Value::Integer(0), most];
    values.extend([2, 3, 7, 10, 100].map(Value::Integer));
    values
}

fn decimals(precision: u16, scale: u16) -> Vec<Value> {
    let whole = usize::from(precision.saturating_sub(scale));
    let point = |whole: String| match scale {
        0 => whole,
        _ => format!("{whole}.{}", "9".repeat(scale.into())),
    };
    let most = match whole {
        0 => point("0".to_owned()),
        _ => point("9".repeat(whole)),
    };
    let small = match scale {
        0 => "2".to_owned(),
        _ => format!("0.{}1", "0".repeat(usize::from(scale) - 1)),
    };
    let mut values = vec!["0".to_owned(), most.clone(), format!("-{most}"), small];
    if whole > 0 {
        values.extend(["1", "-1", "3", "4"].map(str::to_owned));
    }
    values.into_iter().map(Value::Text).collect()
}

fn bits(kind: BackendKind, length: u32) -> Vec<Value> {
    (0..8).map(|n| bit(kind, length, n)).collect()
}

fn bit(kind: BackendKind, length: u32, n: usize) -> Value {
    let length = usize::try_from(length).unwrap_or(1);
    let text = format!("{n:0length$b}");
    let text = text[text.len() - length..].to_owned();
    match kind {
        BackendKind::Postgres => Value::Text(text),
        _ => Value::Expression(Sql::from(format!("b'{text}'"))),
    }
}

/// How many characters a type of text takes.
pub(super) fn length(ty: &Type) -> Option<usize> {
    match ty {
        Type::VarChar(length) | Type::Char(length) => usize::try_from(*length).ok(),
        Type::Text | Type::TinyText | Type::MediumText | Type::LongText | Type::Citext => Some(60),
        Type::Name => Some(60),
        // PostgreSQL's without a length
        Type::Other(spelling) if spelling == "character varying" || spelling == "bpchar" => {
            Some(60)
        }
        _ => None,
    }
}

/// How many bytes a type takes.
fn size(ty: &Type) -> Option<usize> {
    match ty {
        Type::VarBinary(size) | Type::FixedBinary(size) => usize::try_from(*size).ok(),
        Type::Binary | Type::TinyBlob | Type::MediumBlob | Type::LongBlob => Some(60),
        _ => None,
    }
}

/// Texts of at most so many characters.
fn words(length: usize) -> Vec<Value> {
    let full = "x".repeat(length.min(LONGEST));
    let all = [
        "a",
        "",
        &full,
        " b",
        "it's",
        "back\\slash",
        "𝄞",
        "e\u{301}",
        "b",
        "'",
        "\\",
        "c",
        "d",
    ];
    let mut fitting: Vec<&str> = Vec::new();
    for text in all {
        if text.chars().count() <= length && !fitting.contains(&text) {
            fitting.push(text);
        }
    }
    fitting.into_iter().map(Value::from).collect()
}

/// The text with a number in it, of at most so many characters.
fn word(length: usize, n: usize, calm: bool) -> String {
    let digits = match length {
        1 => {
            let sign = u32::try_from(n % 36).unwrap_or(0);
            char::from_digit(sign, 36).unwrap_or('0').to_string()
        }
        2 => format!("{:02}", n % 100),
        _ => n.to_string(),
    };
    if calm {
        return digits;
    }
    let end = ["", "'", "\\", " x", "𝄞", "e\u{301}", "a", "_"][n % 8];
    let long = format!("{digits}{end}");
    if n % 8 == 6 && length > long.chars().count() {
        return format!("{digits}{}", "x".repeat(length.min(LONGEST) - digits.len()));
    }
    match long.chars().count() <= length {
        true => long,
        false => digits,
    }
}

fn bytes(ty: &Type, size: usize) -> Vec<Value> {
    if matches!(ty, Type::FixedBinary(_)) {
        let all = (0..8).map(|n| Value::Binary(numbered_bytes(ty, size, n)));
        return all.collect();
    }
    let all: [&[u8]; 8] = [b"a", b"", &[0], &[255], b"'", b"\\", &[0, 255, 0], b"bc"];
    let fitting = all.into_iter().filter(|bytes| bytes.len() <= size);
    fitting.map(Value::from).collect()
}

fn numbered_bytes(ty: &Type, size: usize, n: usize) -> Vec<u8> {
    let number = n.to_be_bytes();
    let kept = size.min(number.len());
    let mut bytes = number[number.len() - kept..].to_vec();
    if matches!(ty, Type::FixedBinary(_)) {
        bytes.splice(0..0, std::iter::repeat_n(0, size - kept));
    }
    bytes
}

/// A value within the text of an array.
fn quoted(value: &Value) -> Option<String> {
    let text = match value {
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Text(text) => text.clone(),
        _ => return None,
    };
    Some(format!(
        "\"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}

/// The place with a number on the line of a range.
fn range_end(of: RangeOf, n: usize) -> String {
    match of {
        RangeOf::Date => format!("\"{}-01-01\"", 1970 + n),
        RangeOf::Timestamp | RangeOf::Timestamptz => format!("\"{}-01-01 00:00:00\"", 1970 + n),
        _ => n.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(kind: BackendKind, schema: &Schema) -> Types<'_> {
        Types {
            kind,
            schema,
            calm: false,
        }
    }

    #[test]
    fn numbered_values_differ_and_fit() {
        let schema = Schema::empty();
        for kind in [
            BackendKind::Sqlite,
            BackendKind::Postgres,
            BackendKind::Mysql,
        ] {
            for ty in [
                Type::TinyInt,
                Type::SmallInt,
                Type::BigInt,
                Type::Integer.unsigned(),
                Type::Decimal(3, 1),
                Type::Double,
                Type::Text,
                Type::VarChar(1),
                Type::VarChar(2),
                Type::Char(3),
                Type::Date,
                Type::Time,
                Type::Timestamp,
                Type::Datetime,
                Type::Year,
                Type::Uuid,
                Type::Json,
                Type::VarBinary(1),
                Type::FixedBinary(16),
                Type::Bit(3),
                Type::Integer.array(),
                Type::Range(RangeOf::Date),
                Type::Inet,
                Type::Interval,
            ] {
                let values: Vec<Value> = (0..8)
                    .filter_map(|n| types(kind, &schema).numbered(&ty, n))
                    .collect();
                assert_eq!(values.len(), 8, "{ty:?}");
                for (at, value) in values.iter().enumerate() {
                    assert!(!values[..at].contains(value), "{ty:?}: {value:?} twice");
                    if let (Value::Text(text), Some(length)) = (value, length(&ty)) {
                        assert!(text.chars().count() <= length, "{ty:?}: {text}");
                    }
                }
                let edges = types(kind, &schema).edges(&ty);
                assert!(
                    edges.len() >= 8 || matches!(ty, Type::VarBinary(_)),
                    "{ty:?}: {edges:?}"
                );
            }
        }
    }

    #[test]
    fn the_edges_of_a_type_are_among_its_values() {
        let schema = Schema::empty();
        let edges = |ty: Type| types(BackendKind::Mysql, &schema).edges(&ty);
        assert!(edges(Type::TinyInt).contains(&Value::Integer(-128)));
        assert!(edges(Type::BigInt).contains(&Value::Integer(i64::MAX)));
        assert!(edges(Type::TinyInt.unsigned()).contains(&Value::Integer(255)));
        assert!(edges(Type::VarChar(5)).contains(&Value::from("xxxxx")));
        assert!(edges(Type::Decimal(4, 2)).contains(&Value::from("-99.99")));
        assert!(edges(Type::Decimal(2, 2)).contains(&Value::from("0.99")));
        assert_eq!(edges(Type::one_of(["a", "b"])).len(), 2);
        let calm = Types {
            calm: true,
            ..types(BackendKind::Mysql, &schema)
        };
        assert!(
            !calm
                .edges(&Type::BigInt)
                .contains(&Value::Integer(i64::MAX))
        );
    }
}
