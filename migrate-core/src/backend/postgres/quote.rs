//! Names and values that PostgreSQL reads back unchanged, whatever characters they contain and
//! however the server is configured.

use super::unsupported;
use crate::backend::BackendKind;
use crate::error::Unsupported;
use crate::schema::{ObjectName, Sql, Value};

/// The maximum length of a name, in bytes. The server truncates a longer one with only a notice.
const LONGEST: usize = 63;

/// A name in double quotes.
pub(super) fn identifier(name: &str) -> Result<String, Unsupported> {
    if name.is_empty() {
        return Err(unsupported("use an empty name", "give it a name"));
    }
    refuse_nul("a name", name)?;
    if name.len() > LONGEST {
        return Err(unsupported(
            format!(
                "use `{name}` as a name: it has {} bytes, and all after the first {LONGEST} would be truncated",
                name.len()
            ),
            format!("give it a name of at most {LONGEST} bytes"),
        ));
    }
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}

/// Names in parentheses, with commas between them.
pub(super) fn identifiers(names: &[String]) -> Result<String, Unsupported> {
    let quoted: Vec<String> = names
        .iter()
        .map(|name| identifier(name))
        .collect::<Result<_, _>>()?;
    Ok(format!("({})", quoted.join(", ")))
}

/// A name with its schema, if given.
pub(super) fn object(name: &ObjectName) -> Result<String, Unsupported> {
    match &name.schema {
        Some(schema) => Ok(format!(
            "{}.{}",
            identifier(schema)?,
            identifier(&name.name)?
        )),
        None => identifier(&name.name),
    }
}

/// Raw SQL for PostgreSQL.
pub(super) fn sql(sql: &Sql) -> Result<&str, Unsupported> {
    if !sql.is_for(BackendKind::Postgres) {
        return Err(unsupported(
            format!("use SQL that is for others only: `{}`", sql.common_text()),
            "add a text for it: `.on(BackendKind::Postgres, \"…\")`",
        ));
    }
    let text = sql.text(BackendKind::Postgres);
    refuse_nul("SQL", text)?;
    Ok(text)
}

/// Text as a literal, which means the same with `standard_conforming_strings` on and off.
pub(super) fn text(text: &str) -> Result<String, Unsupported> {
    refuse_nul("text", text)?;
    let doubled = text.replace('\'', "''");
    Ok(match doubled.contains('\\') {
        true => format!("E'{}'", doubled.replace('\\', "\\\\")),
        false => format!("'{doubled}'"),
    })
}

/// Storage parameters of a table or an index, in parentheses.
pub(super) fn parameters(parameters: &[(String, String)]) -> Result<String, Unsupported> {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(key, value)| Ok(format!("{} = {}", parameter(key)?, text(value)?)))
        .collect::<Result<_, Unsupported>>()?;
    Ok(format!("({})", pairs.join(", ")))
}

/// The name of a parameter, which may begin with `toast.`.
fn parameter(key: &str) -> Result<String, Unsupported> {
    let parts: Vec<String> = key.split('.').map(identifier).collect::<Result<_, _>>()?;
    Ok(parts.join("."))
}

/// A value as a literal.
pub(super) fn literal(value: &Value) -> Result<String, Unsupported> {
    match value {
        Value::Null => Ok("NULL".to_owned()),
        Value::Bool(true) => Ok("TRUE".to_owned()),
        Value::Bool(false) => Ok("FALSE".to_owned()),
        Value::Integer(value) => Ok(value.to_string()),
        Value::Double(value) if value.is_finite() => Ok(format!("{value:?}")),
        Value::Double(value) => Err(unsupported(
            format!("write the number `{value}` as a literal"),
            "use a finite number, NULL, or an expression such as `'NaN'::float8`",
        )),
        Value::Text(value) => text(value),
        Value::Binary(bytes) => Ok(format!(
            "CAST(E'\\\\x{}' AS bytea)",
            bytes
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        )),
        Value::Expression(expression) => Ok(format!("({})", sql(expression)?)),
    }
}

fn refuse_nul(what: &str, text: &str) -> Result<(), Unsupported> {
    match text.contains('\0') {
        true => Err(unsupported(
            format!(
                "take {what} with a NUL character in it: {:?}",
                text.chars().take(40).collect::<String>()
            ),
            "remove the NUL, or keep such data as bytes",
        )),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_never_cut() {
        assert_eq!(identifier("a\"b`c").unwrap(), "\"a\"\"b`c\"");
        assert_eq!(
            object(&ObjectName::qualified("select", "t.u")).unwrap(),
            "\"select\".\"t.u\""
        );
        assert!(identifier(&"n".repeat(63)).is_ok());
        assert!(identifier(&"n".repeat(64)).is_err());
        assert!(identifier(&"ß".repeat(32)).is_err()); // 64 bytes in 32 characters
        assert!(identifier("").is_err());
        assert!(identifier("a\0b").is_err());
    }

    #[test]
    fn values_are_literals() {
        for (value, expected) in [
            ("it's".into(), "'it''s'"),
            (r"a\'b".into(), r"E'a\\''b'"),
            (i64::MIN.into(), "-9223372036854775808"),
            (1.0.into(), "1.0"),
            (1e300.into(), "1e300"),
            (true.into(), "TRUE"),
            (vec![0_u8, 255].into(), "CAST(E'\\\\x00ff' AS bytea)"),
            (Value::Null, "NULL"),
            (Sql::from("now()").into(), "(now())"),
        ] {
            assert_eq!(literal(&value).unwrap(), expected);
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        for value in [
            Value::from("a\0b"),
            f64::NAN.into(),
            f64::NEG_INFINITY.into(),
            Sql::from("\0").into(),
        ] {
            assert!(literal(&value).is_err(), "{value:?}");
        }
    }
}
