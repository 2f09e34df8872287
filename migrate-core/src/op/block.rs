//! Connection blocks of a body, and their values as text, for the journal: a run that resumes need
//! not run a block again to get its value. Only values that their text represents fully can be
//! recorded.

use std::any::{Any, type_name};
use std::panic::Location;

use super::Operations;
use crate::Result;
use crate::error::{OperationError, RevisionError};
use crate::journal::BlockText;
use crate::journal::hash_of_text;

/// The prefix of the text of a value: an SQL comment, in a column that has a statement for other
/// operations.
const MARK: &str = "-- gave ";

/// A value of a `with_connection!` block that the journal can record: `()`, a number, a bool or
/// text, such as the number of rows that `execute` returns. A run that resumes reads it without
/// running the block again.
#[diagnostic::on_unimplemented(
    message = "the journal cannot record a `{Self}`, the value of this `with_connection!` block",
    label = "expected `()`, `usize`, `i32`, `i64`, `bool` or `String`",
    note = "use `read_connection!` for a block that only reads: a run that resumes reads again",
    note = "a block that also writes keeps its rows inside, such as in a loop, and returns `Ok(())`"
)]
pub trait BlockValue: Sized + 'static {
    /// The value as text.
    #[doc(hidden)]
    fn to_text(&self) -> String;

    /// The value of a text from [`to_text`](BlockValue::to_text).
    #[doc(hidden)]
    fn from_text(text: &str) -> Option<Self>;
}

macro_rules! block_value {
    ($($type:ty, $name:literal);+) => {
        $(impl BlockValue for $type {
            fn to_text(&self) -> String {
                format!("{MARK}{} {self}", $name)
            }

            fn from_text(text: &str) -> Option<$type> {
                let value = text.strip_prefix(MARK)?.strip_prefix($name)?;
                value.strip_prefix(' ')?.parse().ok()
            }
        })+
    };
}

block_value!(usize, "rows"; i64, "bigint"; i32, "integer"; bool, "bool"; String, "text");

impl BlockValue for () {
    fn to_text(&self) -> String {
        format!("{MARK}nothing")
    }

    fn from_text(text: &str) -> Option<()> {
        (text.strip_prefix(MARK)? == "nothing").then_some(())
    }
}

/// The tokens of a block as the compiler prints them, without what a formatter changes: white space
/// outside of string literals, a comma at the end of a list, the outer braces.
fn canonical(tokens: &str) -> String {
    let mut text = String::with_capacity(tokens.len());
    let mut rest = tokens;
    while let Some(next) = rest.chars().next() {
        let length = literal(&text, rest).unwrap_or(next.len_utf8());
        let (piece, after) = rest.split_at(length);
        if matches!(piece, ")" | "]" | "}") && text.ends_with(',') {
            text.pop();
        }
        if !piece.trim().is_empty() {
            text.push_str(piece);
        }
        rest = after;
    }
    let inner = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    inner.map(str::to_owned).unwrap_or(text)
}

/// The length of the string or character literal at the start of `rest`; `before` is the text
/// before it.
fn literal(before: &str, rest: &str) -> Option<usize> {
    if let Some(quoted) = rest.strip_prefix('\'') {
        let mut chars = quoted.char_indices();
        let first = chars.next()?.1;
        let end = match chars.find(|(_, next)| *next == '\'') {
            // an escaped quote is the first one after the backslash
            Some((1, _)) if first == '\\' => chars.next()?.0,
            Some((end, _)) if first == '\\' || end == first.len_utf8() => end,
            _ => return None, // a lifetime
        };
        return Some(end + 2);
    }
    let quoted = rest.strip_prefix('"')?;
    let hashes = before.len() - before.trim_end_matches('#').len();
    let raw = before[..before.len() - hashes].ends_with('r');
    if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(1 + quoted.find(&end)? + end.len());
    }
    let mut escaped = false;
    let end = quoted.find(|next| {
        let ends = next == '"' && !escaped;
        escaped = next == '\\' && !escaped;
        ends
    })?;
    Some(end + 2)
}

impl Operations<'_> {
    /// The connection, inside the revision's transaction, for diesel's own DSL.
    ///
    /// The accessor of a backend, such as `op.sqlite()`, names the type; `with_connection!` does
    /// not need it.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")] {
    /// # use diesel::RunQueryDsl;
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// let connection = op.connection::<diesel::SqliteConnection>()?;
    /// diesel::sql_query("ANALYZE").execute(connection)?;
    /// # Ok(())
    /// # }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When another backend is connected, or operations are only being collected.
    #[track_caller]
    pub fn connection<C: Any>(&mut self) -> Result<&mut C> {
        let connected = self.backend();
        self.connection_of()?.ok_or_else(|| {
            OperationError::OtherConnection {
                wanted: short_name::<C>(),
                connected,
            }
            .into()
        })
    }

    /// The connection, if it is of this type; for `with_connection!`.
    #[doc(hidden)]
    #[track_caller]
    pub fn connection_of<C: Any>(&mut self) -> Result<Option<&mut C>> {
        self.executor.called_at(Location::caller());
        let connection = self.executor.connection(<dyn Any>::is::<C>)?;
        Ok(connection.and_then(<dyn Any>::downcast_mut))
    }

    /// The error when the connection is of none of the enabled types; for `with_connection!`.
    #[doc(hidden)]
    #[must_use]
    pub fn no_connection(&self) -> RevisionError {
        OperationError::OtherConnection {
            wanted: "connection of an enabled backend",
            connected: self.backend(),
        }
        .into()
    }

    /// Runs a block and records its value, unless an earlier run has; for `with_connection!`, which
    /// passes the block's tokens and line.
    #[doc(hidden)]
    #[track_caller]
    pub fn recorded_block<T: BlockValue>(
        &mut self,
        tokens: &str,
        line: u32,
        run: impl FnOnce(&mut Operations<'_>) -> Result<T>,
    ) -> Result<T> {
        let readable = |text: &str| T::from_text(text).is_some();
        self.executor.called_at(Location::caller());
        let recorded = self.executor.recall(block_text(tokens, line), &readable)?;
        if let Some(value) = recorded.and_then(|text| T::from_text(&text)) {
            return Ok(value);
        }
        let value = run(self)?;
        self.executor.remember(Some(value.to_text()));
        Ok(value)
    }

    /// Runs a block without recording a value; for `read_connection!`.
    #[doc(hidden)]
    #[track_caller]
    pub fn reading_block<T>(
        &mut self,
        tokens: &str,
        line: u32,
        run: impl FnOnce(&mut Operations<'_>) -> Result<T>,
    ) -> Result<T> {
        self.executor.called_at(Location::caller());
        self.executor.recall(block_text(tokens, line), &|_| false)?;
        run(self)
    }
}

fn block_text(tokens: &str, line: u32) -> BlockText {
    let hash = hash_of_text(&canonical(tokens));
    BlockText { hash, line }
}

/// The last part of a type's path.
fn short_name<T>() -> &'static str {
    type_name::<T>()
        .rsplit("::")
        .next()
        .unwrap_or(type_name::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again<T: BlockValue>(value: &T) -> Option<T> {
        T::from_text(&value.to_text())
    }

    #[test]
    fn values_round_trip() {
        assert_eq!(again(&()), Some(()));
        assert_eq!(again(&7_usize), Some(7));
        assert_eq!(again(&i64::MIN), Some(i64::MIN));
        assert_eq!(again(&-7_i32), Some(-7));
        assert_eq!(again(&true), Some(true));
        assert_eq!(again(&"a b\n".to_owned()), Some("a b\n".to_owned()));
        assert_eq!(again(&String::new()), Some(String::new()));
        assert_eq!(7_i64.to_text(), "-- gave bigint 7");
        assert_eq!(().to_text(), "-- gave nothing");
        assert_eq!(i32::from_text("-- gave bigint 7"), None);
        assert_eq!(String::from_text("SELECT 1"), None);
    }

    #[test]
    fn the_layout_of_a_block_does_not_count() {
        let block = r##"sql_query("UPDATE t SET a = 'b  c'").execute(c)"##;
        for same in [
            "sql_query(\n  \"UPDATE t SET a = 'b  c'\",\n).execute(c)",
            "{ sql_query(\"UPDATE t SET a = 'b  c'\") . execute(c) }",
        ] {
            assert_eq!(canonical(same), canonical(block), "{same}");
        }
        for (one, other) in [
            (r#"f("a b")"#, r#"f("ab")"#),
            (r#"f("a\" b")"#, r#"f("a\"b")"#),
            (r##"f(r#"a" b"#)"##, r##"f(r#"a"b"#)"##),
            ("f(' ')", "f('a')"),
            (r#"f('"', "a b", '\'')"#, r#"f('"', "ab", '\'')"#),
            (r#"f::<'a>("a b")"#, r#"f::<'a>("ab")"#),
        ] {
            assert_ne!(canonical(one), canonical(other));
        }
    }
}
