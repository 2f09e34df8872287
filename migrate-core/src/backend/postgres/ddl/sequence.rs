//! Sequences, and the options that they share with numbered columns.

use super::super::quote::{identifier, object};
use super::super::{types, unsupported};
use super::{drop, optional, rename};
use crate::error::Unsupported;
use crate::operation::SequenceOperation;
use crate::schema::{Sequence, SequenceOptions};

pub(super) fn statement(operation: &SequenceOperation) -> Result<String, Unsupported> {
    match operation {
        SequenceOperation::Create {
            sequence,
            if_not_exists,
        } => create(sequence, *if_not_exists),
        SequenceOperation::Alter {
            name,
            options: changed,
            restart,
            ..
        } => {
            let mut words = options(changed);
            words.extend(restart.map(|number| format!("RESTART WITH {number}")));
            match words.is_empty() {
                true => Err(unsupported(
                    format!("change nothing about the sequence `{name}`"),
                    "say what changes",
                )),
                false => Ok(format!(
                    "ALTER SEQUENCE {} {}",
                    object(name)?,
                    words.join(" ")
                )),
            }
        }
        SequenceOperation::Rename { from, to } => rename("SEQUENCE", from, to),
        SequenceOperation::Drop {
            name, if_exists, ..
        } => Ok(drop("SEQUENCE", *if_exists, &object(name)?)),
    }
}

fn create(sequence: &Sequence, if_not_exists: bool) -> Result<String, Unsupported> {
    let mut text = format!(
        "CREATE SEQUENCE {}{}",
        optional(if_not_exists, "IF NOT EXISTS "),
        object(&sequence.name)?
    );
    if let Some(ty) = &sequence.ty {
        text.push_str(&format!(" AS {}", types::declared(ty)?));
    }
    for option in options(&sequence.options) {
        text.push_str(&format!(" {option}"));
    }
    if let Some((table, column)) = &sequence.owned_by {
        text.push_str(&format!(
            " OWNED BY {}.{}",
            object(table)?,
            identifier(column)?
        ));
    }
    Ok(text)
}

/// The options that were given.
pub(super) fn options(options: &SequenceOptions) -> Vec<String> {
    let SequenceOptions {
        start,
        increment,
        min,
        max,
        cache,
        cycle,
    } = options;
    let numbers = [
        (increment, "INCREMENT BY"),
        (min, "MINVALUE"),
        (max, "MAXVALUE"),
        (start, "START WITH"),
        (cache, "CACHE"),
    ];
    let mut words: Vec<String> = numbers
        .into_iter()
        .filter_map(|(number, word)| number.map(|number| format!("{word} {number}")))
        .collect();
    words.extend(cycle.map(|cycle| if cycle { "CYCLE" } else { "NO CYCLE" }.to_owned()));
    words
}
