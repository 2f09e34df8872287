//! What changes of a schema need here beyond the operations: conversions of values, options of
//! tables, and the sequences behind serial columns. Pure.

use super::quote::{identifier, object, parameters, text};
use super::types;
use crate::error::Unsupported;
use crate::schema::{Column, DefaultValue, ObjectName, Sequence, Sql, TableOptions, Type};

/// The longest name, in bytes.
const LONGEST: usize = 63;

/// The expression that turns the values of a column into those of a type of another kind, where the
/// server does not convert them by itself.
pub(super) fn cast(column: &str, from: &Type, to: &Type) -> Option<String> {
    if is_text(to) {
        return None;
    }
    let ty = types::declared(to).ok()?;
    let of = |inner: &str| Some(format!("CAST({inner} AS {ty})"));
    match (from, to) {
        (Type::Array(from), Type::Array(_)) if is_text(from) => of(column),
        (Type::Array(_), Type::Array(_)) => of(&format!("CAST({column} AS text[])")),
        (_, Type::Array(_)) => Some(format!(
            "CASE WHEN {column} IS NOT NULL THEN CAST(ARRAY[{column}] AS {ty}) END"
        )),
        (from, _) if is_text(from) => of(column),
        (from, Type::Bool) if from.is_integer() => of(&format!("CAST({column} AS integer)")),
        (Type::Bool, to) if to.is_integer() => of(&format!("CAST({column} AS integer)")),
        _ => of(&format!("CAST({column} AS text)")),
    }
}

fn is_text(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Text | Type::VarChar(_) | Type::Char(_) | Type::Citext | Type::Name
    )
}

/// The statements that give a table other options; `None` if no statement does.
pub(super) fn options(
    table: &ObjectName,
    old: &TableOptions,
    new: &TableOptions,
) -> Option<Vec<String>> {
    let TableOptions {
        strict,
        without_rowid,
        engine,
        charset,
        collation,
        unlogged,
        parameters: said,
        suffix,
    } = new;
    let same = *strict == old.strict
        && *without_rowid == old.without_rowid
        && *engine == old.engine
        && *charset == old.charset
        && *collation == old.collation
        && *suffix == old.suffix;
    if !same {
        return None;
    }
    let name = object(table).ok()?;
    let mut statements = Vec::new();
    if *unlogged != old.unlogged {
        let word = if *unlogged { "UNLOGGED" } else { "LOGGED" };
        statements.push(format!("ALTER TABLE {name} SET {word}"));
    }
    let gone: Vec<&str> = old
        .parameters
        .iter()
        .map(|(key, _)| key.as_str())
        .filter(|key| said.iter().all(|(other, _)| other != key))
        .collect();
    if !gone.is_empty() {
        statements.push(format!("ALTER TABLE {name} RESET ({})", gone.join(", ")));
    }
    let changed: Vec<(String, String)> = said
        .iter()
        .filter(|pair| !old.parameters.contains(pair))
        .cloned()
        .collect();
    if !changed.is_empty() {
        let words = parameters(&changed).ok()?;
        statements.push(format!("ALTER TABLE {name} SET {words}"));
    }
    Some(statements)
}

/// A serial column as what it stands for: an integer, and a sequence that is its own.
pub(super) fn written_out(table: &ObjectName, column: &Column) -> Option<(Column, Sequence)> {
    let (ty, of_sequence) = match column.ty {
        Type::SmallSerial => (Type::SmallInt, Some(Type::SmallInt)),
        Type::Serial => (Type::Integer, Some(Type::Integer)),
        Type::BigSerial => (Type::BigInt, None),
        _ => return None,
    };
    let mut sequence = Sequence::new(table.sibling(sequence_name(&table.name, &column.name)));
    sequence.ty = of_sequence;
    sequence.owned_by = Some((table.clone(), column.name.clone()));
    let called = text(&object(&sequence.name).ok()?).ok()?;
    let mut plain = column.clone();
    plain.ty = ty;
    plain.nullable = false;
    plain.default = Some(DefaultValue::Expression(Sql::from(format!(
        "nextval({called}::regclass)"
    ))));
    Some((plain, sequence))
}

/// The name that the server gives to the sequence of a column.
fn sequence_name(table: &str, column: &str) -> String {
    let (mut table, mut column) = (table.to_owned(), column.to_owned());
    while table.len() + column.len() + "__seq".len() > LONGEST {
        if table.len() > column.len() {
            table.pop();
        } else {
            column.pop();
        }
    }
    format!("{table}_{column}_seq")
}

/// The statement that lets the numbers of a column go on after the largest one.
pub(super) fn counts_on(table: &ObjectName, column: &str) -> Result<String, Unsupported> {
    let (relation, name) = (object(table)?, identifier(column)?);
    Ok(format!(
        "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence({}, {}), COALESCE(max({name}), 0) + 1, false) FROM {relation}",
        text(&relation)?,
        text(column)?
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_of_a_sequence_is_cut_as_the_server_does() {
        assert_eq!(sequence_name("users", "id"), "users_id_seq");
        let long = sequence_name(&"t".repeat(60), "number");
        assert_eq!(long, format!("{}_number_seq", "t".repeat(52)));
    }

    #[test]
    fn text_is_cast_and_other_values_are_by_their_text() {
        let mood = Type::named("mood");
        assert_eq!(
            cast("c", &Type::Text, &mood).as_deref(),
            Some("CAST(c AS \"mood\")")
        );
        assert_eq!(
            cast("c", &Type::named("other"), &mood).as_deref(),
            Some("CAST(CAST(c AS text) AS \"mood\")")
        );
        assert_eq!(cast("c", &mood, &Type::Text), None);
    }
}
