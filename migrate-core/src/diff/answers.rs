//! What a person said ahead: which differences are renames, what goes, and which values fill new
//! columns. Pure.

use std::fmt;
use std::str::FromStr;

use crate::schema::{DefaultValue, Sql, Value};

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
    pub(super) fn fill(&self, table: &str, column: &str) -> Option<&DefaultValue> {
        let name = format!("{table}.{column}");
        let of_column = self.fills.iter().find(|fill| fill.column == name);
        of_column.map(|fill| &fill.value)
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
    /// The value.
    pub value: DefaultValue,
}

impl FromStr for Fill {
    type Err = AnswerError;

    fn from_str(text: &str) -> Result<Fill, AnswerError> {
        match text.split_once('=') {
            Some((column, value)) if column.contains('.') => Ok(Fill {
                column: column.to_owned(),
                value: value_of(value),
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
        assert!("state=1".parse::<Fill>().is_err());
        assert!(":new".parse::<Rename>().is_err());
    }
}
