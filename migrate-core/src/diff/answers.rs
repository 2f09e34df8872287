//! What a person said ahead: which differences are renames, what goes, and which values fill new
//! columns. Pure.

use std::fmt;
use std::str::FromStr;

use super::families::{Family, family};
use crate::schema::{DefaultValue, Sql, Type, Value};

/// The answers to questions, as arguments of a command line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answers {
    /// What was renamed.
    pub renames: Vec<Rename>,
    /// What was not: `users.age` of a column, `users` of a table, `mood.sad` of a label.
    pub drops: Vec<String>,
    /// Whether nothing else was renamed.
    pub no_renames: bool,
    /// The values that the rows get.
    pub fills: Vec<Fill>,
}

impl Answers {
    /// The answers for the changes that lead back.
    #[must_use]
    pub fn inverted(&self) -> Answers {
        Answers {
            renames: self.renames.iter().map(Rename::inverted).collect(),
            drops: Vec::new(),
            no_renames: true,
            fills: Vec::new(),
        }
    }

    /// The value that rows get in a column.
    pub(super) fn fill(&self, table: &str, column: &str, ty: &Type) -> Option<DefaultValue> {
        let name = format!("{table}.{column}");
        let fill = self.fills.iter().find(|fill| fill.column == name)?;
        // one that is not of the type is refused before
        Some(fill.value_of(ty).unwrap_or_else(|_| fill.value.clone()))
    }

    /// Whether rows get a value in a column.
    pub(super) fn has_fill(&self, table: &str, column: &str) -> bool {
        let name = format!("{table}.{column}");
        self.fills.iter().any(|fill| fill.column == name)
    }
}

/// A rename: `old:new` of a table, `table.old:new` of a column, `type.old:new` of a label.
///
/// ```
/// use migrate_core::engine::diff::Rename;
/// let rename: Rename = "users.age:years".parse().unwrap();
/// assert_eq!((rename.from.as_str(), rename.to.as_str()), ("users.age", "years"));
/// assert_eq!(rename.inverted().to_string(), "users.years:age");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rename {
    /// What it was, with its table or type before it.
    pub from: String,
    /// Its new name alone.
    pub to: String,
}

impl Rename {
    /// The new name, with its table or type before it.
    pub(super) fn target(&self) -> String {
        match self.from.rsplit_once('.') {
            Some((place, _)) => format!("{place}.{}", self.to),
            None => self.to.clone(),
        }
    }

    /// The rename back.
    #[must_use]
    pub fn inverted(&self) -> Rename {
        let old = self
            .from
            .rsplit_once('.')
            .map_or(&*self.from, |(_, old)| old);
        Rename {
            from: self.target(),
            to: old.to_owned(),
        }
    }
}

impl fmt::Display for Rename {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.from, self.to)
    }
}

impl FromStr for Rename {
    type Err = AnswerError;

    fn from_str(text: &str) -> Result<Rename, AnswerError> {
        match text.rsplit_once(':') {
            Some((from, to)) if !from.is_empty() && !to.is_empty() => Ok(Rename {
                from: from.to_owned(),
                to: to.to_owned(),
            }),
            _ => Err(AnswerError::Rename(text.to_owned())),
        }
    }
}

/// A value for the rows that are there: `users.state='new'`, or `users.at=sql:now()`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fill {
    /// The column, with its table before it.
    pub column: String,
    /// The value, as it is without a type.
    pub value: DefaultValue,
    /// The value as it was written.
    pub text: String,
}

impl Fill {
    /// The value as one of a type.
    ///
    /// # Errors
    ///
    /// What such a value looks like, if this is none.
    pub fn value_of(&self, ty: &Type) -> Result<DefaultValue, &'static str> {
        let DefaultValue::Value(value) = &self.value else {
            return Ok(self.value.clone());
        };
        let text = || match value {
            Value::Text(text) => text.clone(), // without its quotes
            _ => self.text.clone(),
        };
        let as_text = |is: bool, expected| match is {
            true => Ok(Value::Text(text())),
            false => Err(expected),
        };
        let number = "a number";
        let found = match (family(ty), value) {
            (Family::Integer, Value::Integer(_))
            | (Family::Number, Value::Integer(_) | Value::Double(_))
            | (Family::Bool, Value::Bool(_)) => Ok(value.clone()),
            (Family::Bool, Value::Integer(bit @ (0 | 1))) => Ok(Value::Bool(*bit == 1)),
            (Family::Integer, _) => Err("an integer"),
            // more digits than a double has
            (Family::Number, Value::Text(text)) if is_decimal(text) => Ok(value.clone()),
            (Family::Number, _) => Err(number),
            (Family::Bool, _) => Err("`true` or `false`"),
            (Family::Text | Family::Json, _) => as_text(true, ""),
            (Family::Labels, _) => match ty {
                Type::Enum(labels) => as_text(labels.contains(&text()), "one of its labels"),
                _ => as_text(true, ""),
            },
            (Family::Uuid, _) => {
                let text = text();
                let digits = text.chars().filter(char::is_ascii_hexdigit).count();
                let others = text
                    .chars()
                    .all(|sign| "-{}".contains(sign) || sign.is_ascii_hexdigit());
                as_text(digits == 32 && others, "a UUID")
            }
            (Family::Moment, Value::Text(text)) => as_text(
                is_moment(text),
                "a date or a time, as in `2026-01-31 12:30:00`",
            ),
            _ => Ok(value.clone()),
        };
        found.map(DefaultValue::Value)
    }
}

/// Whether a text is a number.
fn is_decimal(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Whether a text may be a date or a time: in digits, or a word that a server knows.
fn is_moment(text: &str) -> bool {
    const WORDS: [&str; 9] = [
        "now",
        "today",
        "tomorrow",
        "yesterday",
        "epoch",
        "infinity",
        "-infinity",
        "allballs",
        "midnight",
    ];
    let in_digits = text.starts_with(|sign: char| sign.is_ascii_digit());
    in_digits && text.contains(['-', ':', '.', '/']) || WORDS.contains(&text)
}

impl FromStr for Fill {
    type Err = AnswerError;

    fn from_str(text: &str) -> Result<Fill, AnswerError> {
        match text.split_once('=') {
            Some((column, value)) if column.contains('.') => Ok(Fill {
                column: column.to_owned(),
                value: value_of(value),
                text: value.to_owned(),
            }),
            _ => Err(AnswerError::Fill(text.to_owned())),
        }
    }
}

fn value_of(text: &str) -> DefaultValue {
    if let Some(expression) = text.strip_prefix("sql:") {
        return DefaultValue::Expression(Sql::from(expression));
    }
    let quoted = text
        .strip_prefix('\'')
        .and_then(|text| text.strip_suffix('\''));
    DefaultValue::Value(if let Some(text) = quoted {
        Value::Text(text.replace("''", "'"))
    } else if let Ok(number) = text.parse() {
        Value::Integer(number)
    } else if let Ok(truth) = text.parse() {
        Value::Bool(truth)
    } else {
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Value::Double(number),
            _ => Value::Text(text.to_owned()),
        }
    })
}

/// An answer that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// No rename.
    #[error("`{0}` is not `old:new`, `table.old:new` or `type.old:new`")]
    Rename(String),
    /// No value of a column.
    #[error("`{0}` is not `table.column=value`")]
    Fill(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fill_is_a_literal_or_sql() {
        for (text, value) in [
            ("7", DefaultValue::Value(Value::Integer(7))),
            ("'7'", DefaultValue::Value(Value::Text("7".to_owned()))),
            (
                "'it''s'",
                DefaultValue::Value(Value::Text("it's".to_owned())),
            ),
            ("new", DefaultValue::Value(Value::Text("new".to_owned()))),
            ("true", DefaultValue::Value(Value::Bool(true))),
            ("1.5", DefaultValue::Value(Value::Double(1.5))),
            ("sql:a=b", DefaultValue::Expression("a=b".into())),
        ] {
            let fill: Fill = format!("users.state={text}").parse().unwrap();
            assert_eq!((fill.column.as_str(), &fill.value), ("users.state", &value));
        }
        let typed = |text: &str, ty: Type| {
            let fill: Fill = format!("users.state={text}").parse().unwrap();
            fill.value_of(&ty)
        };
        let value = |value: Value| Ok(DefaultValue::Value(value));
        let text = |text: &str| Ok(DefaultValue::Value(Value::Text(text.to_owned())));
        for (given, ty, expected) in [
            ("007", Type::VarChar(3), text("007")),
            ("true", Type::Text, text("true")),
            ("'abc'", Type::Integer, Err("an integer")),
            ("1.5", Type::BigInt, Err("an integer")),
            ("1.5", Type::Decimal(4, 2), value(Value::Double(1.5))),
            ("many", Type::Double, Err("a number")),
            ("1", Type::Bool, value(Value::Bool(true))),
            ("2", Type::Bool, Err("`true` or `false`")),
            (
                "soon",
                Type::Timestamp,
                Err("a date or a time, as in `2026-01-31 12:30:00`"),
            ),
            ("2026-01-31", Type::Date, text("2026-01-31")),
            ("{}", Type::Jsonb, text("{}")),
            ("12", Type::Uuid, Err("a UUID")),
            (
                "open",
                Type::Enum(vec!["done".to_owned()]),
                Err("one of its labels"),
            ),
            (
                "sql:now()",
                Type::Integer,
                Ok(DefaultValue::Expression("now()".into())),
            ),
        ] {
            assert_eq!(typed(given, ty.clone()), expected, "{given} {ty:?}");
        }
        assert!("state=1".parse::<Fill>().is_err());
        assert!(":new".parse::<Rename>().is_err());
    }
}
