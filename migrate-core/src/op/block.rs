//! Blocks of a body that use the connection, and their values as text, for the journal: a run that resumes need not run a block
//! again to have its value. Only values whose text is all there is to them can be recorded.

use std::any::{Any, type_name};

use super::Operations;
use crate::Result;
use crate::error::{OperationError, RevisionError};
use crate::journal::BlockText;
use crate::journal::hash_of_text;

/// What goes before the text of a value: it is a comment in SQL, where a statement stands for other operations.
const MARK: &str = "-- gave ";

/// The value as text, if it is of a type that can be written down.
fn written(value: &dyn Any) -> Option<String> {
    let text = if value.is::<()>() {
        "nothing".to_owned()
    } else if let Some(number) = value.downcast_ref::<usize>() {
        format!("rows {number}")
    } else if let Some(number) = value.downcast_ref::<i64>() {
        format!("bigint {number}")
    } else if let Some(number) = value.downcast_ref::<i32>() {
        format!("integer {number}")
    } else if let Some(is) = value.downcast_ref::<bool>() {
        format!("bool {is}")
    } else {
        format!("text {}", value.downcast_ref::<String>()?)
    };
    Some(format!("{MARK}{text}"))
}

/// The value of a text.
fn read(text: &str) -> Option<Box<dyn Any>> {
    let text = text.strip_prefix(MARK)?;
    let (kind, value) = text.split_once(' ').unwrap_or((text, ""));
    match kind {
        "nothing" => Some(Box::new(())),
        "rows" => Some(Box::new(value.parse::<usize>().ok()?)),
        "bigint" => Some(Box::new(value.parse::<i64>().ok()?)),
        "integer" => Some(Box::new(value.parse::<i32>().ok()?)),
        "bool" => Some(Box::new(value.parse::<bool>().ok()?)),
        "text" => Some(Box::new(value.to_owned())),
        _ => None,
    }
}

/// The tokens of a block as the compiler prints them, without what a formatter changes: white space outside of string literals, a
/// comma at the end of a list, the braces around all of it.
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

/// The length of the string or character literal that `rest` begins with; `before` is what stands before it.
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
    /// The accessor of a backend, such as `op.sqlite()`, says the type; `with_connection!` does
    /// without one.
    ///
    /// # Errors
    ///
    /// When another backend is connected, or operations are only being collected.
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
    pub fn connection_of<C: Any>(&mut self) -> Result<Option<&mut C>> {
        let connection = self.executor.connection(<dyn Any>::is::<C>)?;
        Ok(connection.and_then(<dyn Any>::downcast_mut))
    }

    /// That the connection is of none of the enabled types; for `with_connection!`.
    #[doc(hidden)]
    #[must_use]
    pub fn no_connection(&self) -> RevisionError {
        OperationError::OtherConnection {
            wanted: "connection of an enabled backend",
            connected: self.backend(),
        }
        .into()
    }

    /// The value of the block that comes next, if an earlier run has committed what it did; for `with_connection!`, which says
    /// the block's tokens and line.
    #[doc(hidden)]
    pub fn remembered<T: 'static>(&mut self, tokens: &str, line: u32) -> Result<Option<T>> {
        let hash = hash_of_text(&canonical(tokens));
        let value = |text: &str| read(text)?.downcast::<T>().ok();
        let readable = |text: &str| value(text).is_some();
        let text = self.executor.recall(BlockText { hash, line }, &readable)?;
        Ok(text.and_then(|text| value(&text)).map(|value| *value))
    }

    /// Records the value of a block; for `with_connection!`.
    #[doc(hidden)]
    pub fn remember<T: 'static>(&mut self, value: &T) {
        self.executor.remember(written(value));
    }
}

/// The last part of a type's path, as people say it.
fn short_name<T>() -> &'static str {
    type_name::<T>()
        .rsplit("::")
        .next()
        .unwrap_or(type_name::<T>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again<T: 'static + Clone>(value: &T) -> Option<T> {
        let read = read(&written(value)?)?;
        read.downcast().ok().map(|value| *value)
    }

    #[test]
    fn what_is_written_is_read() {
        assert_eq!(again(&()), Some(()));
        assert_eq!(again(&7_usize), Some(7));
        assert_eq!(again(&i64::MIN), Some(i64::MIN));
        assert_eq!(again(&-7_i32), Some(-7));
        assert_eq!(again(&true), Some(true));
        assert_eq!(again(&"a b\n".to_owned()), Some("a b\n".to_owned()));
        assert_eq!(again(&String::new()), Some(String::new()));
        assert_eq!(again(&vec![1]), None);
        assert!(read("SELECT 1").is_none());
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
