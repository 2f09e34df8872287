//! Reads the text of a default. Pure; `quote` is the other direction.

use super::rebuild::parse::{encloses, is_word, tokens};
use crate::backend::BackendKind;
use crate::schema::{DefaultValue, Sql, Value};
use crate::sql::{Piece, PieceKind, unquoted};

/// The default that a text after DEFAULT means: a value if it is a literal, with or without
/// parentheses; `None` for NULL.
pub(super) fn default_value(text: &str) -> Option<DefaultValue> {
    let tokens = tokens(text);
    let mut rest = tokens.as_slice();
    while encloses(text, rest) && rest.len() > 2 {
        rest = &rest[1..rest.len() - 1];
    }
    let is_bare = rest.len() == tokens.len();
    let sign = rest
        .first()
        .map(|first| &text[first.span.clone()])
        .filter(|sign| matches!(*sign, "-" | "+"));
    let operand = &rest[usize::from(sign.is_some())..];
    let value = match operand {
        [word] if is_word(text, word, "NULL") && sign != Some("-") => return None,
        [one] if sign != Some("-") => literal(text, one, is_bare && sign.is_none()),
        _ => None,
    };
    if let Some(default) = value.or_else(|| number(text, operand, sign == Some("-"))) {
        return Some(default);
    }
    let (Some(first), Some(last)) = (rest.first(), rest.last()) else {
        return None;
    };
    let expression = &text[first.span.start..last.span.end];
    Some(DefaultValue::Expression(Sql::from(expression)))
}

/// A default spelled one way.
pub(super) fn canonical(default: &DefaultValue) -> Option<DefaultValue> {
    let value = match default {
        DefaultValue::Value(Value::Expression(sql)) | DefaultValue::Expression(sql) => {
            if !sql.is_for(BackendKind::Sqlite) {
                return Some(default.clone());
            }
            // in parentheses, as the statement that creates the column has it
            let text = sql.text(BackendKind::Sqlite);
            match default_value(&format!("({text}\n)")) {
                Some(DefaultValue::Expression(sql)) => {
                    let text = sql.text(BackendKind::Sqlite);
                    return Some(DefaultValue::Expression(Sql::from(expression(text))));
                }
                Some(DefaultValue::Value(value)) => value,
                None => Value::Null,
            }
        }
        DefaultValue::Value(value) => value.clone(),
    };
    match value {
        Value::Null => None,
        Value::Bool(value) => Some(DefaultValue::Value(Value::Integer(value.into()))),
        value => Some(DefaultValue::Value(value)),
    }
}

fn expression(text: &str) -> String {
    // a default names no column: double quotes are text
    let canonical =
        crate::sql::canonical_expression_of(text, BackendKind::Sqlite, &|_: &str| false);
    match time_keyword(&canonical) {
        Some(keyword) => keyword.to_owned(),
        None => canonical,
    }
}

fn time_keyword(word: &str) -> Option<&'static str> {
    ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"]
        .into_iter()
        .find(|keyword| word.eq_ignore_ascii_case(keyword))
}

/// What one token means; without parentheses, a name is text.
fn literal(text: &str, token: &Piece, is_bare: bool) -> Option<DefaultValue> {
    let word = &text[token.span.clone()];
    let value = match token.kind {
        PieceKind::Quoted if word.starts_with('\'') => Value::Text(unquoted(word)),
        PieceKind::Quoted if word.starts_with(['x', 'X']) => Value::Binary(bytes(word)?),
        PieceKind::Quoted if is_bare => Value::Text(unquoted(word)),
        PieceKind::Word if word.eq_ignore_ascii_case("TRUE") => Value::Bool(true),
        PieceKind::Word if word.eq_ignore_ascii_case("FALSE") => Value::Bool(false),
        PieceKind::Word if word.starts_with(|sign: char| sign.is_ascii_digit()) => return None,
        PieceKind::Word => match time_keyword(word) {
            Some(keyword) => return Some(DefaultValue::Expression(Sql::from(keyword))),
            None if is_bare => Value::Text(word.to_owned()),
            None => return None,
        },
        _ => return None,
    };
    Some(DefaultValue::Value(value))
}

/// The bytes of `x'…'`.
fn bytes(literal: &str) -> Option<Vec<u8>> {
    let digits = unquoted(&literal[1..]);
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

fn number(text: &str, operand: &[Piece], is_negative: bool) -> Option<DefaultValue> {
    let digits: String = operand
        .iter()
        .flat_map(|token| text[token.span.clone()].chars())
        .filter(|sign| *sign != '_')
        .collect();
    if !digits.starts_with(|sign: char| sign == '.' || sign.is_ascii_digit()) {
        return None;
    }
    let hexadecimal = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    if let Some(digits) = hexadecimal {
        let number = u64::from_str_radix(digits, 16).ok()?.cast_signed();
        let number = match is_negative {
            true => number.checked_neg()?,
            false => number,
        };
        return Some(DefaultValue::Value(Value::Integer(number)));
    }
    let signed = match is_negative {
        true => format!("-{digits}"),
        false => digits,
    };
    let value = match signed.parse() {
        Ok(number) => Value::Integer(number),
        Err(_) => {
            let number: f64 = signed.parse().ok()?;
            Value::Double(number.is_finite().then_some(number)?)
        }
    };
    Some(DefaultValue::Value(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(value: impl Into<Value>) -> Option<DefaultValue> {
        Some(DefaultValue::Value(value.into()))
    }

    fn expression(text: &str) -> Option<DefaultValue> {
        Some(DefaultValue::Expression(Sql::from(text)))
    }

    #[test]
    fn a_literal_is_a_value() {
        for (text, expected) in [
            ("1", value(1)),
            ("+1", value(1)),
            ("- 1", value(-1)),
            ("(-1)", value(-1)),
            ("( /* x */ (7))", value(7)),
            ("-9223372036854775808", value(i64::MIN)),
            ("9223372036854775808", value(9_223_372_036_854_775_808.0)),
            ("0x10", value(16)),
            ("-0XfF", value(-255)),
            ("1.50", value(1.5)),
            ("-.5", value(-0.5)),
            ("1e3", value(1000.0)),
            ("'it''s'", value("it's")),
            ("('x')", value("x")),
            ("''", value("")),
            ("word", value("word")),
            ("\"a \"\"b\"", value("a \"b")),
            ("X'00fF'", value(vec![0_u8, 255])),
            ("true", value(true)),
            ("(FALSE)", value(false)),
            ("NULL", None),
            ("(null)", None),
            ("(current_timestamp)", expression("CURRENT_TIMESTAMP")),
            ("Current_Date", expression("CURRENT_DATE")),
            ("1e999", expression("1e999")),
            ("(\"word\")", expression("\"word\"")),
            ("(-'1')", expression("-'1'")),
            ("(1 + 1)", expression("1 + 1")),
            ("((1) + (1))", expression("(1) + (1)")),
            ("(lower('X'))", expression("lower('X')")),
        ] {
            assert_eq!(default_value(text), expected, "{text}");
        }
    }

    #[test]
    fn a_canonical_default_is_one_of_its_kind() {
        for (one, other) in [
            ("TRUE", "1"),
            ("(current_timestamp)", "CURRENT_TIMESTAMP"),
            ("(Lower( 'X' ))", "(lower('X') -- x\n)"),
        ] {
            let (one, other) = (default_value(one).unwrap(), default_value(other).unwrap());
            assert_eq!(canonical(&one), canonical(&other));
        }
        let sql = DefaultValue::Expression(Sql::from("'x' -- end"));
        assert_eq!(canonical(&sql), value("x"));
        assert_eq!(canonical(&DefaultValue::Value(Value::Null)), None);
    }
}
