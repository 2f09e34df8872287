//! What a revision says that it loses: `table.column: reason` or `table: reason`. Pure text; it
//! must not know which tables exist.

use std::fmt;

/// Rows or values that a revision may lose, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The table.
    pub table: String,
    /// The column; `None` for the rows of the table.
    pub column: Option<String>,
    /// Why the loss is right.
    pub reason: String,
}

/// What is wrong with such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LossFault {
    /// It is neither `table` nor `table.column` before the colon.
    NoTable,
    /// Nothing comes after the colon, or there is none; the name before it.
    NoReason(String),
}

impl Loss {
    /// Reads the text.
    ///
    /// ```
    /// use migrate_graph::Loss;
    /// let loss = Loss::read("users.note: only a cache").unwrap();
    /// assert_eq!((&*loss.table, loss.column.as_deref()), ("users", Some("note")));
    /// assert!(Loss::read("users.note").is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// When it names no table, or gives no reason.
    pub fn read(text: &str) -> Result<Loss, LossFault> {
        let (name, reason) = text.split_once(':').unwrap_or((text, ""));
        let (name, reason) = (name.trim(), reason.trim());
        let (table, column) = match name.split_once('.') {
            Some((table, column)) => (table.trim(), Some(column.trim())),
            None => (name, None),
        };
        let is_name = |name: &str| !name.is_empty() && !name.contains('.');
        if !is_name(table) || column.is_some_and(|column| !is_name(column)) {
            return Err(LossFault::NoTable);
        }
        if reason.is_empty() {
            return Err(LossFault::NoReason(name.to_owned()));
        }
        Ok(Loss {
            table: table.to_owned(),
            column: column.map(str::to_owned),
            reason: reason.to_owned(),
        })
    }
}

impl LossFault {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            LossFault::NoTable => {
                "write `table.column: reason`, or `table: reason` for its rows".to_owned()
            }
            LossFault::NoReason(name) => format!("write `{name}: reason`"),
        }
    }
}

impl fmt::Display for LossFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LossFault::NoTable => f.write_str("an entry of `lossy` names no table or column"),
            LossFault::NoReason(name) => write!(f, "`lossy` gives no reason for `{name}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_names_a_table_and_gives_a_reason() {
        let loss = Loss::read(" users : moved: to `people` ").unwrap();
        let expected = ("users", None, "moved: to `people`");
        assert_eq!(
            (&*loss.table, loss.column.as_deref(), &*loss.reason),
            expected
        );
        for (text, message) in [
            ("", "an entry of `lossy` names no table or column"),
            (": a", "an entry of `lossy` names no table or column"),
            ("a.b.c: d", "an entry of `lossy` names no table or column"),
            ("a.: d", "an entry of `lossy` names no table or column"),
            ("a.b", "`lossy` gives no reason for `a.b`"),
            ("a:  ", "`lossy` gives no reason for `a`"),
        ] {
            let fault = Loss::read(text).unwrap_err();
            assert_eq!(fault.to_string(), message, "{text:?}");
            assert!(fault.help().starts_with("write `"));
        }
    }
}
