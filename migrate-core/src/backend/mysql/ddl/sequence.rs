//! Sequences, which MariaDB has.

use super::super::Dialect;
use super::super::quote::object;
use super::{optional, rename_table};
use crate::error::Unsupported;
use crate::operation::SequenceOperation;
use crate::schema::{Sequence, SequenceOptions};

pub(super) fn statement(
    dialect: Dialect,
    operation: &SequenceOperation,
) -> Result<String, Unsupported> {
    if dialect == Dialect::Mysql {
        return Err(dialect.unsupported(
            format!("{operation}: it has no sequences"),
            "number rows by a column with `.autoincrement()`",
        ));
    }
    match operation {
        SequenceOperation::Create {
            sequence,
            if_not_exists,
        } => create(dialect, sequence, *if_not_exists),
        SequenceOperation::Alter {
            name,
            options,
            restart,
            ..
        } => {
            let mut text = format!(
                "ALTER SEQUENCE {}{}",
                object(dialect, name)?,
                words(options)
            );
            if let Some(number) = restart {
                text.push_str(&format!(" RESTART WITH {number}"));
            }
            Ok(text)
        }
        SequenceOperation::Rename { from, to } => rename_table(dialect, from, to),
        SequenceOperation::Drop {
            name, if_exists, ..
        } => Ok(format!(
            "DROP SEQUENCE {}{}",
            optional(*if_exists, "IF EXISTS "),
            object(dialect, name)?
        )),
    }
}

fn create(
    dialect: Dialect,
    sequence: &Sequence,
    if_not_exists: bool,
) -> Result<String, Unsupported> {
    let name = &sequence.name;
    if sequence.ty.is_some() {
        return Err(dialect.unsupported(
            format!("give the sequence `{name}` a type of numbers"),
            "leave it out: they are 64 bit",
        ));
    }
    if sequence.owned_by.is_some() {
        return Err(dialect.unsupported(
            format!("have the sequence `{name}` go with a column"),
            "leave it out, and drop it in the downgrade",
        ));
    }
    Ok(format!(
        "CREATE SEQUENCE {}{}{}",
        optional(if_not_exists, "IF NOT EXISTS "),
        object(dialect, name)?,
        words(&sequence.options)
    ))
}

fn words(options: &SequenceOptions) -> String {
    let numbers = [
        ("START WITH", options.start),
        ("INCREMENT BY", options.increment),
        ("MINVALUE", options.min),
        ("MAXVALUE", options.max),
        ("CACHE", options.cache),
    ];
    let mut text: String = numbers
        .iter()
        .filter_map(|(words, number)| number.map(|number| format!(" {words} {number}")))
        .collect();
    match options.cycle {
        Some(true) => text.push_str(" CYCLE"),
        Some(false) => text.push_str(" NOCYCLE"),
        None => {}
    }
    text
}
