//! Names and values that SQLite reads back unchanged, whatever characters they contain.

use super::unsupported;
use crate::backend::BackendKind;
use crate::error::Unsupported;
use crate::schema::{ObjectName, Sql, Value};

/// A name in backticks, as diesel writes it. SQLite would read a missing name in double quotes as a
/// string, and an index on a misspelt column as one on a constant.
pub(super) fn identifier(name: &str) -> Result<String, Unsupported> {
    if name.is_empty() {
        return Err(unsupported("use an empty name", "give it a name"));
    }
    refuse_nul("a name", name)?;
    Ok(format!("`{}`", name.replace('`', "``")))
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

/// Raw SQL for SQLite.
pub(super) fn sql(sql: &Sql) -> Result<&str, Unsupported> {
    if !sql.is_for(BackendKind::Sqlite) {
        return Err(unsupported(
            format!("use SQL that is for others only: `{}`", sql.common_text()),
            "add a text for it: `.on(BackendKind::Sqlite, \"…\")`",
        ));
    }
    let text = sql.text(BackendKind::Sqlite);
    refuse_nul("SQL", text)?;
    Ok(text)
}

/// A value as a literal.
pub(super) fn literal(value: &Value) -> Result<String, Unsupported> {
    match value {
        Value::Null => Ok("NULL".to_owned()),
        Value::Bool(value) => Ok(i32::from(*value).to_string()),
        Value::Integer(value) => Ok(value.to_string()),
        Value::Double(value) if value.is_finite() => Ok(format!("{value:?}")),
        Value::Double(value) => Err(unsupported(
            format!("keep the number `{value}`"),
            "use a finite number, or NULL",
        )),
        Value::Text(text) => {
            refuse_nul("text", text)?;
            Ok(format!("'{}'", text.replace('\'', "''")))
        }
        Value::Binary(bytes) => Ok(format!(
            "X'{}'",
            bytes
                .iter()
                .map(|byte| format!("{byte:02X}"))
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
    fn quotes_are_doubled() {
        assert_eq!(identifier("a`b\"c").unwrap(), "`a``b\"c`");
        assert_eq!(literal(&"it's".into()).unwrap(), "'it''s'");
        assert_eq!(
            object(&ObjectName::qualified("aux", "t")).unwrap(),
            "`aux`.`t`"
        );
    }

    #[test]
    fn values_are_literals() {
        assert_eq!(literal(&i64::MIN.into()).unwrap(), "-9223372036854775808");
        assert_eq!(literal(&1.0.into()).unwrap(), "1.0");
        assert_eq!(literal(&1e300.into()).unwrap(), "1e300");
        assert_eq!(literal(&vec![0_u8, 255].into()).unwrap(), "X'00FF'");
        assert_eq!(literal(&None::<i32>.into()).unwrap(), "NULL");
        assert_eq!(literal(&Sql::from("1 + 1").into()).unwrap(), "(1 + 1)");
    }

    #[test]
    fn what_cannot_be_kept_is_refused() {
        for value in [
            Value::from("a\0b"),
            f64::NAN.into(),
            f64::INFINITY.into(),
            Sql::from("\0").into(),
        ] {
            assert!(literal(&value).is_err(), "{value:?}");
        }
        assert!(identifier("a\0b").is_err());
        assert!(identifier("").is_err());
    }
}
