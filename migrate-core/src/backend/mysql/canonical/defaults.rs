//! Defaults of columns, spelled one way: a literal as a value of the column's type, and the current
//! time in one form. Pure.

use super::super::Dialect;
use super::super::ddl::column::now;
use super::super::quote::shown;
use super::super::types::{digits_of_moment, is_long, spelled};
use crate::backend::BackendKind;
use crate::schema::{DefaultValue, Sql, Type, Value};
use crate::sql::tokens;

/// The default of a column of a type; none if it is NULL.
pub(in super::super) fn typed(
    dialect: Dialect,
    ty: &Type,
    default: &DefaultValue,
) -> Option<DefaultValue> {
    let expression = match default {
        DefaultValue::Value(Value::Null) => return None,
        DefaultValue::Value(Value::Expression(expression))
        | DefaultValue::Expression(expression) => expression,
        DefaultValue::Value(value) => return Some(DefaultValue::Value(of_type(ty, value))),
    };
    let text = expression.text(dialect.kind());
    if let Some(now) = now(text, digits_of_moment(ty)) {
        return Some(DefaultValue::Expression(Sql::from(now)));
    }
    // MySQL keeps a literal in parentheses as an expression, which long types need
    let keeps =
        dialect == Dialect::Mysql && !spelled(dialect, ty).is_ok_and(|spelling| is_long(&spelling));
    match literal(text) {
        Some(Value::Null) => None,
        Some(value) if !keeps => Some(DefaultValue::Value(of_type(ty, &value))),
        _ => Some(DefaultValue::Expression(Sql::from(text))),
    }
}

/// The value of an expression that is one literal.
pub(in super::super) fn literal(expression: &str) -> Option<Value> {
    let all: Vec<&str> = tokens(expression, BackendKind::Mysql).collect();
    let mut tokens = all.as_slice();
    while let ["(", inner @ .., ")"] = tokens {
        tokens = inner;
    }
    match tokens {
        [token] => one(token),
        ["-", number] => match one(number)? {
            Value::Integer(value) => Some(Value::Integer(-value)),
            Value::Double(value) => Some(Value::Double(-value)),
            Value::Text(digits) if !number.contains('\'') => {
                Some(Value::Text(format!("-{digits}")))
            }
            _ => None,
        },
        // an introducer before bytes: `_utf8mb4 X'61'`
        [introducer, bytes]
            if introducer.eq_ignore_ascii_case("_utf8mb4")
                && !bytes.starts_with('\'')
                && bytes.contains('\'') =>
        {
            match one(bytes)? {
                Value::Binary(bytes) => String::from_utf8(bytes).ok().map(Value::Text),
                _ => None,
            }
        }
        _ => None,
    }
}

fn one(token: &str) -> Option<Value> {
    let lower = token.to_ascii_lowercase();
    let quoted = |prefix: &str| lower.strip_prefix(prefix)?.strip_suffix('\'');
    if token.starts_with('\'') {
        return shown(token).map(Value::Text);
    }
    if lower.starts_with("_utf8mb4'") {
        return shown(token.get("_utf8mb4".len()..)?).map(Value::Text);
    }
    if let Some(digits) = quoted("x'").or_else(|| lower.strip_prefix("0x")) {
        return bytes(digits).map(Value::Binary);
    }
    if let Some(digits) = quoted("b'") {
        return i64::from_str_radix(digits, 2).ok().map(Value::Integer);
    }
    match lower.as_str() {
        "null" => Some(Value::Null),
        "true" => Some(Value::Bool(true)),
        "false" => Some(Value::Bool(false)),
        number if number.starts_with(|sign: char| sign.is_ascii_digit()) => self::number(number),
        _ => None,
    }
}

/// The bytes that hexadecimal digits stand for.
pub(in super::super) fn bytes(digits: &str) -> Option<Vec<u8>> {
    let digits = digits.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.len().is_multiple_of(2).then_some(())?;
    digits.chunks(2).map(pair).collect()
}

/// A literal as a value of a type, where it is one.
fn of_type(ty: &Type, value: &Value) -> Value {
    let typed = match ty {
        Type::Bool => number_of(value).map(|number| match number {
            Value::Integer(number @ (0 | 1)) => Value::Bool(number == 1),
            number => number,
        }),
        Type::TinyInt | Type::SmallInt | Type::MediumInt | Type::Integer | Type::BigInt => {
            number_of(value).map(|number| rounded(number, 0))
        }
        Type::Decimal(_, scale) => number_of(value).map(|number| rounded(number, *scale)),
        Type::Unsigned(inner) => Some(of_type(inner, value)),
        Type::Float | Type::Double | Type::Numeric | Type::Bit(_) | Type::Year => number_of(value),
        Type::Other(spelling) if is_number(spelling) => number_of(value),
        Type::Date | Type::Time | Type::Datetime | Type::Timestamp | Type::Timestamptz => {
            moment(ty, value)
        }
        Type::Precise(time, _) => moment(time, value),
        Type::Binary | Type::VarBinary(_) | Type::TinyBlob | Type::MediumBlob | Type::LongBlob => {
            bytes_of(value).map(Value::Binary)
        }
        Type::FixedBinary(_) => bytes_of(value).map(|mut bytes| {
            // it is filled up with zeros
            let length = bytes.iter().rposition(|byte| *byte != 0);
            bytes.truncate(length.map_or(0, |last| last + 1));
            Value::Binary(bytes)
        }),
        Type::Other(spelling) if spelling == "blob" => bytes_of(value).map(Value::Binary),
        _ => text_of(value).map(Value::Text),
    };
    typed.unwrap_or_else(|| value.clone())
}

/// Whether a type that has no variant is one of numbers: `float(7,3)`.
fn is_number(spelling: &str) -> bool {
    [
        "tinyint",
        "smallint",
        "mediumint",
        "int",
        "bigint",
        "float",
        "double",
        "decimal",
    ]
    .iter()
    .any(|name| {
        spelling
            .strip_prefix(name)
            .is_some_and(|rest| !rest.starts_with(|sign: char| sign.is_ascii_alphanumeric()))
    })
}

fn number_of(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(value) => Some(Value::Integer(i64::from(*value))),
        Value::Integer(value) => Some(Value::Integer(*value)),
        Value::Double(value) => number(&format!("{value:?}")),
        Value::Text(text) if text.starts_with("b'") => one(text),
        Value::Text(text) => number(text.trim()),
        _ => None,
    }
}

/// A number: a whole one as such, however it is spelled; as digits if no other form keeps them all.
fn number(text: &str) -> Option<Value> {
    if let Ok(whole) = text.parse() {
        return Some(Value::Integer(whole));
    }
    let value: f64 = text.parse().ok()?;
    if !value.is_finite() || !text.contains(|sign: char| sign.is_ascii_digit()) {
        return None;
    }
    let has_exponent = text.contains(['e', 'E']);
    let short = match (has_exponent, text.contains('.')) {
        (false, true) => text.trim_end_matches('0').trim_end_matches('.'),
        _ => text,
    };
    let digits = short.bytes().filter(u8::is_ascii_digit).count();
    Some(if let Ok(whole) = short.parse() {
        Value::Integer(whole)
    } else if digits > 15 && !has_exponent {
        Value::Text(short.to_owned())
    } else if value.fract() == 0.0 && value.abs() < 9e15 {
        Value::Integer(value as i64)
    } else {
        Value::Double(value)
    })
}

/// A number with at most so many digits after the point; half is rounded away from zero, as the
/// server rounds a literal. <https://dev.mysql.com/doc/refman/8.4/en/precision-math-rounding.html>
fn rounded(value: Value, scale: u16) -> Value {
    let text = match &value {
        Value::Double(value) => format!("{value:?}"),
        Value::Text(digits) => digits.clone(),
        _ => return value,
    };
    let Some((whole, fraction)) = text.split_once('.') else {
        return value;
    };
    let kept = usize::from(scale);
    let is_plain = fraction.bytes().all(|digit| digit.is_ascii_digit());
    let Some(next) = fraction.as_bytes().get(kept).filter(|_| is_plain) else {
        return value;
    };
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(kept)).collect();
    if *next >= b'5' {
        let last = digits.iter().rposition(|digit| *digit != b'9');
        match last.filter(|last| digits[*last].is_ascii_digit()) {
            Some(last) => {
                digits[last] += 1;
                digits[last + 1..].fill(b'0');
            }
            None => {
                let first = last.map_or(0, |sign| sign + 1);
                digits[first..].fill(b'0');
                digits.insert(first, b'1');
            }
        }
    }
    digits.insert(digits.len() - kept, b'.');
    let text = String::from_utf8(digits).unwrap_or(text);
    number(&text).unwrap_or(value)
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Bool(value) => Some(i64::from(*value).to_string()),
        Value::Integer(value) => Some(value.to_string()),
        Value::Double(value) => Some(format!("{value:?}")),
        Value::Binary(bytes) => String::from_utf8(bytes.clone()).ok(),
        _ => None,
    }
}

fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::Binary(bytes) => Some(bytes.clone()),
        value => text_of(value).map(String::into_bytes),
    }
}

/// A moment with all of its parts, but without zeros at the end of its fraction.
fn moment(ty: &Type, value: &Value) -> Option<Value> {
    let mut text = text_of(value)?;
    if text.contains('.') {
        let short = text.trim_end_matches('0').trim_end_matches('.').len();
        text.truncate(short);
    }
    let is_day = text.len() == "2026-11-30".len() && text.split('-').count() == 3;
    if is_day && !matches!(ty, Type::Date) {
        text.push_str(" 00:00:00");
    }
    Some(Value::Text(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(ty: &Type, value: impl Into<Value>) -> Option<DefaultValue> {
        typed(Dialect::Mysql, ty, &DefaultValue::Value(value.into()))
    }

    fn expression(dialect: Dialect, ty: &Type, text: &str) -> Option<DefaultValue> {
        typed(dialect, ty, &DefaultValue::Expression(Sql::from(text)))
    }

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for ty in [Type::Integer, Type::Decimal(10, 2), Type::Double] {
            for other in ["1", "1.0", "1.00", "+1"] {
                assert_eq!(value(&ty, other), value(&ty, 1), "{ty:?} {other}");
            }
            assert_eq!(value(&ty, true), value(&ty, 1));
            assert_ne!(value(&ty, "1.5"), value(&ty, 1));
        }
        assert_eq!(value(&Type::Double, "1.50"), value(&Type::Double, 1.5));
        assert_eq!(value(&Type::Bool, "1"), value(&Type::Bool, true));
        assert_eq!(value(&Type::Bit(8), "b'101'"), value(&Type::Bit(8), 5));
        for (number, rounded) in [(1.5, "2"), (-1.5, "-2"), (1.49, "1"), (-99.5, "-100")] {
            assert_eq!(
                value(&Type::Integer, number),
                value(&Type::Integer, rounded)
            );
        }
        let short = Type::Decimal(9, 2);
        for (number, rounded) in [
            (1.005, "1.01"),
            (9.999, "10"),
            (0.25, "0.25"),
            (-0.994, "-0.99"),
        ] {
            assert_eq!(value(&short, number), value(&short, rounded));
        }
        let exact = Type::Decimal(30, 20);
        assert_ne!(
            value(&exact, "1.00000000000000000001"),
            value(&exact, "1.00000000000000000002")
        );
    }

    #[test]
    fn text_stays_text() {
        let ty = Type::VarChar(9);
        assert_eq!(value(&ty, 5), value(&ty, "5"));
        assert_ne!(value(&ty, "1.0"), value(&ty, "1"));
        assert_eq!(value(&ty, None::<i32>), None);
        let fixed = Type::FixedBinary(5);
        assert_eq!(value(&fixed, "ab"), value(&fixed, b"ab\0\0\0".as_slice()));
    }

    #[test]
    fn an_expression_may_be_a_literal_or_the_current_time() {
        for text in ["now()", "NOW(6)", "CURRENT_TIMESTAMP", "localtimestamp()"] {
            let of = |text| expression(Dialect::Mysql, &Type::Datetime, text);
            assert_eq!(of(text), of("CURRENT_TIMESTAMP(6)"), "{text}");
        }
        let text = Some(DefaultValue::Value("it's".into()));
        assert_eq!(
            expression(Dialect::Mysql, &Type::Text, r"_utf8mb4'it\'s'"),
            text
        );
        let short = Type::VarChar(9);
        assert_eq!(expression(Dialect::Mariadb, &short, "('it''s')"), text);
        assert_ne!(expression(Dialect::Mysql, &short, "'it''s'"), text);
        assert_eq!(expression(Dialect::Mysql, &Type::Text, "NULL"), None);
    }

    #[test]
    fn literals_are_recognised() {
        for (text, value) in [
            ("(-1)", Value::Integer(-1)),
            ("1e300", Value::Double(1e300)),
            ("b'101'", Value::Integer(5)),
            ("x'00FF'", Value::Binary(vec![0, 255])),
            ("0x6162", Value::Binary(b"ab".to_vec())),
            ("_utf8mb4 X'61'", Value::Text("a".to_owned())),
            (
                "18446744073709551615",
                Value::Text("18446744073709551615".to_owned()),
            ),
        ] {
            assert_eq!(literal(text), Some(value), "{text}");
        }
        for text in ["1 + 1", "uuid()", "a", "", "'a' 'b'", "current_timestamp"] {
            assert_eq!(literal(text), None, "{text}");
        }
    }
}
