//! Names and values that MySQL and MariaDB read back unchanged, whatever characters they contain
//! and whatever the `sql_mode` says about backslashes.

use super::Dialect;
use crate::error::Unsupported;
use crate::schema::{ObjectName, Sql, Value};

/// The maximum length of a name, in characters.
const NAME: usize = 64;

/// A name in backticks. What the server would silently change is refused.
pub(super) fn identifier(dialect: Dialect, name: &str) -> Result<String, Unsupported> {
    let shown = || name.chars().take(80).collect::<String>();
    if name.is_empty() {
        return Err(dialect.unsupported("use an empty name", "give it a name"));
    }
    if name.chars().count() > NAME {
        return Err(dialect.unsupported(
            format!(
                "use the name `{}`: it has {} characters",
                shown(),
                name.chars().count()
            ),
            format!("use at most {NAME} characters"),
        ));
    }
    if name.ends_with(|last: char| last.is_ascii_whitespace() || last == '\u{b}') {
        return Err(dialect.unsupported(
            format!("use the name {name:?}: it ends in white space"),
            "take the space away",
        ));
    }
    match name
        .chars()
        .find(|character| *character == '\0' || *character > '\u{ffff}')
    {
        Some(character) => Err(dialect.unsupported(
            format!("use the character {character:?} in a name: `{}`", shown()),
            "use characters up to U+FFFF",
        )),
        None => Ok(existing(name)),
    }
}

/// The name of something that exists, in backticks.
pub(super) fn existing(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Names in parentheses, with commas between them.
pub(super) fn identifiers(dialect: Dialect, names: &[String]) -> Result<String, Unsupported> {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| identifier(dialect, name))
        .collect::<Result<_, _>>()?;
    Ok(format!("({})", quoted.join(", ")))
}

/// A name with its database, if given.
pub(super) fn object(dialect: Dialect, name: &ObjectName) -> Result<String, Unsupported> {
    let own = identifier(dialect, &name.name)?;
    match &name.schema {
        Some(schema) => Ok(format!("{}.{own}", identifier(dialect, schema)?)),
        None => Ok(own),
    }
}

/// Raw SQL for this server.
pub(super) fn sql(dialect: Dialect, sql: &Sql) -> Result<&str, Unsupported> {
    if !sql.is_for(dialect.kind()) {
        return Err(dialect.unsupported(
            format!("use SQL that is not for it: `{}`", sql.common_text()),
            format!("add `.on(BackendKind::{:?}, \"…\")`", dialect.kind()),
        ));
    }
    Ok(sql.text(dialect.kind()))
}

/// A value as a literal.
pub(super) fn literal(dialect: Dialect, value: &Value) -> Result<String, Unsupported> {
    match value {
        Value::Null => Ok("NULL".to_owned()),
        Value::Bool(true) => Ok("TRUE".to_owned()),
        Value::Bool(false) => Ok("FALSE".to_owned()),
        Value::Integer(value) => Ok(value.to_string()),
        Value::Double(value) if value.is_finite() => Ok(format!("{value:?}")),
        Value::Double(value) => Err(dialect.unsupported(
            format!("keep the number `{value}`"),
            "use a finite number, or NULL",
        )),
        Value::Text(text) => Ok(self::text(text)),
        Value::Binary(bytes) => Ok(format!("X'{}'", hex(bytes))),
        Value::Expression(expression) => Ok(format!("({})", sql(dialect, expression)?)),
    }
}

/// Text as a literal. Whether a backslash escapes depends on the `sql_mode`: text with one is
/// written by its bytes.
pub(super) fn text(text: &str) -> String {
    match text.contains(['\\', '\0']) {
        true => format!("_utf8mb4 X'{}'", hex(text.as_bytes())),
        false => format!("'{}'", text.replace('\'', "''")),
    }
}

/// Text where the grammar accepts only a quoted string, as for a comment. A server in the mode
/// `NO_BACKSLASH_ESCAPES` reads a backslash differently.
pub(super) fn quoted(dialect: Dialect, text: &str) -> Result<String, Unsupported> {
    match text.contains('\0') {
        true => Err(dialect.unsupported(
            format!(
                "take text with a NUL character in it here: {:?}",
                text.chars().take(40).collect::<String>()
            ),
            "remove the NUL",
        )),
        false => Ok(format!(
            "'{}'",
            text.replace('\\', "\\\\").replace('\'', "''")
        )),
    }
}

/// The comment of a table or column. The servers store characters up to U+FFFF there, and question
/// marks for others.
pub(super) fn comment(dialect: Dialect, text: &str) -> Result<String, Unsupported> {
    match text.chars().find(|character| *character > '\u{ffff}') {
        Some(character) => Err(dialect.unsupported(
            format!("keep the character {character:?} in a comment"),
            "use characters up to U+FFFF",
        )),
        None => quoted(dialect, text),
    }
}

/// The text of a quoted string as SHOW CREATE TABLE prints it, with backslashes in any `sql_mode`.
pub(super) fn shown(literal: &str) -> Option<String> {
    let inside = literal.strip_prefix('\'')?.strip_suffix('\'')?;
    let mut text = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\'' => characters.next()?, // it is doubled
            '\\' => match characters.next()? {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'Z' => '\u{1a}',
                '0' => '\0',
                other => other,
            },
            other => other,
        });
    }
    Some(text)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02X}").expect("writing to a string does not fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Dialect; 2] = [Dialect::Mysql, Dialect::Mariadb];

    #[test]
    fn quotes_are_doubled() {
        for dialect in BOTH {
            assert_eq!(identifier(dialect, "a`b\"c").unwrap(), "`a``b\"c`");
            assert_eq!(literal(dialect, &"it's".into()).unwrap(), "'it''s'");
            assert_eq!(
                object(dialect, &ObjectName::qualified("d", "t")).unwrap(),
                "`d`.`t`"
            );
        }
    }

    #[test]
    fn a_backslash_means_itself_in_every_mode() {
        assert_eq!(text("a\\b'"), "_utf8mb4 X'615C6227'");
        assert_eq!(quoted(Dialect::Mysql, "a\\b'").unwrap(), "'a\\\\b'''");
    }

    #[test]
    fn a_comment_keeps_what_the_servers_keep() {
        for dialect in BOTH {
            assert_eq!(comment(dialect, "it's é").unwrap(), "'it''s é'");
            assert!(comment(dialect, "a 😀").is_err());
        }
        assert_eq!(shown(r"'it''s\n\\'").as_deref(), Some("it's\n\\"));
        assert_eq!(shown("'"), None);
    }

    #[test]
    fn values_are_literals() {
        let literal = |value: Value| literal(Dialect::Mysql, &value).unwrap();
        assert_eq!(literal(i64::MIN.into()), "-9223372036854775808");
        assert_eq!(literal(1e300.into()), "1e300");
        assert_eq!(literal(vec![0_u8, 255].into()), "X'00FF'");
        assert_eq!(literal(Value::Null), "NULL");
        assert_eq!(literal(Sql::from("1 + 1").into()), "(1 + 1)");
    }

    #[test]
    fn names_that_the_server_would_change_are_refused() {
        for dialect in BOTH {
            let longest = "é".repeat(64);
            assert_eq!(
                identifier(dialect, &longest).unwrap(),
                format!("`{longest}`")
            );
            for name in ["", "a ", "a\n", "a\u{b}", "a\0b", "😀", &"é".repeat(65)] {
                assert!(identifier(dialect, name).is_err(), "{name:?}");
            }
            assert!(literal(dialect, &f64::NAN.into()).is_err());
        }
    }
}
