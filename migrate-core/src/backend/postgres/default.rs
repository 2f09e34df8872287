//! Defaults as the catalogue shows them and as people write them: which are a literal of the
//! column's own type. Pure.

use crate::backend::BackendKind;
use crate::schema::{DefaultValue, Type, Value};
use crate::sql::{Dialect, Piece, pieces};

use super::quote::object;
use super::types;

/// The default of a column of this type; NULL is none.
pub(super) fn read(text: &str, ty: &Type) -> Option<DefaultValue> {
    match literal(text, ty) {
        Some(Value::Null) => None,
        Some(value) => Some(DefaultValue::Value(value)),
        // a default may need the parentheses around it
        None => Some(DefaultValue::Expression(text.into())),
    }
}

/// A value for a column of this type as inspection would find it; `None` if it stays an expression.
pub(super) fn value(value: &Value, ty: &Type) -> Option<Value> {
    match value {
        Value::Text(text) => of_text(text, ty).or_else(|| Some(value.clone())),
        Value::Double(number) if number.is_finite() => {
            of_number(&format!("{number:?}"), ty).or_else(|| Some(value.clone()))
        }
        Value::Expression(_) => None,
        value => Some(value.clone()),
    }
}

/// An expression without the parentheses around it.
pub(super) fn bare(text: &str) -> &str {
    let mut text = text.trim();
    while let Some(inner) = inside(text) {
        text = inner.trim();
    }
    text
}

fn inside(text: &str) -> Option<&str> {
    let tokens = tokens(text);
    let (first, last) = (tokens.first()?, tokens.last()?);
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match &text[token.span.clone()] {
            "(" => depth += 1,
            ")" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            let is_whole = at > 0 && at + 1 == tokens.len();
            return is_whole.then(|| &text[first.span.end..last.span.start]);
        }
    }
    None
}

fn tokens(text: &str) -> Vec<Piece> {
    pieces(text, Dialect::of(BackendKind::Postgres))
        .filter(Piece::is_token)
        .collect()
}

/// The value of a text that is a literal of a type, perhaps with a cast to it.
fn literal(text: &str, ty: &Type) -> Option<Value> {
    let text = bare(text);
    let tokens = tokens(text);
    let word = |at: usize| tokens.get(at).map_or("", |token| &text[token.span.clone()]);
    let cast = (0..tokens.len()).find(|at| word(*at) == ":" && word(at + 1) == ":");
    let head = match cast {
        Some(at) => &text[..tokens[at].span.start],
        None => text,
    };
    let cast = cast.map(|at| types::read(&text[tokens[at + 1].span.end..]));
    let head = bare(head);
    let own = cast.as_ref().is_none_or(|cast| is_same(cast, ty));
    if let Some(content) = string(head) {
        return match &cast {
            _ if own => of_text(&content, ty),
            // a sign makes it a literal of its own: '-1'::integer
            Some(Type::Numeric) if is_number(ty) => of_number(&content, ty),
            Some(Type::SmallInt | Type::Integer | Type::BigInt) if is_number(ty) => {
                content.parse().ok().map(Value::Integer)
            }
            _ => None,
        };
    }
    match head.to_ascii_lowercase().as_str() {
        "null" => Some(Value::Null),
        "true" if own && *ty == Type::Bool => Some(Value::Bool(true)),
        "false" if own && *ty == Type::Bool => Some(Value::Bool(false)),
        number if cast.is_none() && is_number(ty) => of_number(number, ty),
        _ => None,
    }
}

/// The content of a string; `None` if the text is something else.
fn string(text: &str) -> Option<String> {
    let alone = tokens(text).len() == 1;
    let (escapes, inner) = match text.strip_prefix(['E', 'e']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let inner = inner.strip_prefix('\'')?.strip_suffix('\'')?;
    if !alone {
        return None;
    }
    let content = inner.replace("''", "'");
    match (escapes, content.replace("\\\\", "").contains('\\')) {
        (false, _) => Some(content),
        (true, false) => Some(content.replace("\\\\", "\\")),
        (true, true) => None, // an escape other than that of the backslash
    }
}

/// What a text in quotes is as a value of a type; `None` if it is not one that is kept as it is.
fn of_text(text: &str, ty: &Type) -> Option<Value> {
    match ty {
        Type::Bool => match text.trim().to_lowercase().as_str() {
            "t" | "true" | "yes" | "y" | "on" | "1" => Some(Value::Bool(true)),
            "f" | "false" | "no" | "n" | "off" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        Type::Binary => match text.strip_prefix("\\x") {
            Some(digits) => hexadecimal(digits).map(Value::Binary),
            None => None,
        },
        ty if is_number(ty) => of_number(text, ty),
        _ => Some(Value::Text(text.to_owned())),
    }
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = digits
        .chars()
        .map(|digit| digit.to_digit(16))
        .collect::<Option<_>>()?;
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high * 16 + low).ok(),
        _ => None,
    });
    bytes.collect()
}

/// A number for a column of a type; `None` if a value would not be written with the same digits.
fn of_number(text: &str, ty: &Type) -> Option<Value> {
    let text = text.trim();
    if let Ok(number) = text.parse() {
        return Some(Value::Integer(number));
    }
    let digits = |sign: char| sign.is_ascii_digit() || "+-.eE".contains(sign);
    let number: f64 = text.parse().ok().filter(|_| text.chars().all(digits))?;
    let shown = format!("{number:?}");
    match ty {
        // its digits are kept as they are written
        Type::Numeric => (shown == text).then_some(Value::Double(number)),
        _ => {
            let fraction = |text: &str| match text.contains(['e', 'E']) {
                true => None,
                false => text
                    .contains('.')
                    .then(|| text.trim_end_matches('0').trim_end_matches('.').to_owned()),
            };
            let is_exact = fraction(&shown)? == fraction(text)?;
            let whole = shown
                .strip_suffix(".0")
                .and_then(|whole| whole.parse().ok());
            match (whole, ty) {
                _ if !is_exact => None,
                (Some(whole), _) => Some(Value::Integer(whole)),
                (None, Type::SmallInt | Type::Integer | Type::BigInt) => None,
                (None, _) => Some(Value::Double(number)),
            }
        }
    }
}

fn is_number(ty: &Type) -> bool {
    matches!(
        ty,
        Type::SmallInt
            | Type::Integer
            | Type::BigInt
            | Type::Numeric
            | Type::Decimal(..)
            | Type::Float
            | Type::Double
    )
}

/// Whether a literal of one type is one of the other, whatever their arguments.
fn is_same(cast: &Type, ty: &Type) -> bool {
    cast == ty || any_length(cast) == any_length(ty)
}

/// A type without its arguments.
fn any_length(ty: &Type) -> Type {
    match ty {
        Type::VarChar(_) => Type::other("character varying"),
        Type::Char(_) => Type::other("bpchar"),
        Type::Bit(_) => Type::other("\"bit\""),
        Type::VarBit(_) => Type::other("bit varying"),
        Type::Decimal(..) => Type::Numeric,
        Type::Precise(ty, _) => any_length(ty),
        Type::Array(ty) => any_length(ty).array(),
        Type::Named(name) => match object(name) {
            Ok(name) => types::plain(&Type::Other(name)),
            Err(_) => ty.clone(),
        },
        ty => types::plain(ty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Sql;

    fn value_of(text: &str, ty: &Type) -> Option<Value> {
        literal(text, ty)
    }

    #[test]
    fn literals_of_the_columns_type_are_values() {
        for (text, ty, value) in [
            ("'x'::text", Type::Text, Value::from("x")),
            (
                "'it''s'::character varying",
                Type::VarChar(9),
                "it's".into(),
            ),
            ("'abc'::bpchar", Type::Char(3), "abc".into()),
            (r"E'a\\b'::text", Type::Text, r"a\b".into()),
            ("'ok'::mood", Type::named("mood"), "ok".into()),
            ("'ok'::\"Mood\"", Type::named("Mood"), "ok".into()),
            ("'{}'::text[]", Type::Text.array(), "{}".into()),
            ("'{}'::jsonb", Type::Jsonb, "{}".into()),
            ("'-1'::integer", Type::BigInt, (-1).into()),
            ("5", Type::Numeric, 5.into()),
            ("(-5)", Type::Integer, (-5).into()),
            ("0.00", Type::Decimal(9, 2), 0.into()),
            ("'-1.50'::numeric", Type::Decimal(9, 2), (-1.5).into()),
            ("1.5", Type::Double, 1.5.into()),
            ("true", Type::Bool, true.into()),
            ("'t'", Type::Bool, true.into()),
            ("'\\x00ff'::bytea", Type::Binary, vec![0_u8, 255].into()),
            ("NULL::character varying", Type::VarChar(9), Value::Null),
        ] {
            assert_eq!(value_of(text, &ty), Some(value), "{text}");
        }
    }

    #[test]
    fn whatever_else_is_an_expression() {
        for (text, ty) in [
            ("now()", Type::Timestamptz),
            ("'x'::text", Type::VarChar(9)),
            ("('a'::text || 'b'::text)", Type::Text),
            ("0.00", Type::Numeric),
            ("0.12345678901234567890123", Type::Double),
            ("'NaN'::numeric", Type::Numeric),
            ("ARRAY[]::text[]", Type::Text.array()),
            ("nextval('s'::regclass)", Type::Integer),
            ("'a'::text)::integer", Type::Text),
            ("1.5", Type::Integer),
            ("B'101'::\"bit\"", Type::Bit(3)),
            (r"E'a\tb'::text", Type::Text),
        ] {
            assert_eq!(value_of(text, &ty), None, "{text}");
        }
        let read = read("(now() + b)", &Type::Timestamptz);
        let kept = DefaultValue::Expression(Sql::from("(now() + b)"));
        assert_eq!(read, Some(kept));
    }

    #[test]
    fn only_parentheses_around_all_of_it_go() {
        assert_eq!(bare("((a + b))"), "a + b");
        assert_eq!(bare("(a) + (b)"), "(a) + (b)");
        assert_eq!(bare("(')' || a)"), "')' || a");
        assert_eq!(bare("()"), "");
        assert_eq!(bare("("), "(");
        assert_eq!(bare(")("), ")(");
    }
}
