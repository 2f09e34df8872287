//! Rows as INSERT statements of a bounded size.

use super::super::quote::{identifiers, literal, object};
use super::super::unsupported;
use crate::error::Unsupported;
use crate::schema::{ObjectName, Value};

/// The maximum number of rows of one statement.
const ROWS: usize = 500;
/// The length at which a statement ends, in bytes; SQLite's limit may be a million.
const BYTES: usize = 200_000;

pub(super) fn statements(
    table: &ObjectName,
    columns: &[String],
    rows: &[Vec<Value>],
) -> Result<Vec<String>, Unsupported> {
    if columns.is_empty() {
        return Err(unsupported(
            format!("insert rows into `{table}` without columns"),
            "name the columns",
        ));
    }
    let head = format!(
        "INSERT INTO {} {} VALUES\n  ",
        object(table)?,
        identifiers(columns)?
    );
    let mut statements = Vec::new();
    let mut current = String::new();
    let mut count = 0;
    for (number, row) in rows.iter().enumerate() {
        let text = values(table, columns, number, row)?;
        if count == ROWS || (count > 0 && current.len() + text.len() > BYTES) {
            statements.push(std::mem::take(&mut current));
            count = 0;
        }
        current.push_str(if count == 0 { &head } else { ",\n  " });
        current.push_str(&text);
        count += 1;
    }
    if count > 0 {
        statements.push(current);
    }
    Ok(statements)
}

fn values(
    table: &ObjectName,
    columns: &[String],
    number: usize,
    row: &[Value],
) -> Result<String, Unsupported> {
    if row.len() != columns.len() {
        return Err(unsupported(
            format!(
                "insert row {} into `{table}`: values given: {}, columns: {}",
                number + 1,
                row.len(),
                columns.len()
            ),
            "give each row a value for each column",
        ));
    }
    let literals: Vec<String> = row.iter().map(literal).collect::<Result<_, _>>()?;
    Ok(format!("({})", literals.join(", ")))
}
