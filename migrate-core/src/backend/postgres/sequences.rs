//! What the server chooses for the sequence of a column, and the options that are a type's
//! defaults. Pure.

use crate::schema::{ObjectName, SequenceOptions, Type};

/// The longest name.
const LONGEST: usize = 63;

/// The name that the server gives to the sequence of a column, if no other object has it.
pub(super) fn of_column(table: &ObjectName, column: &str) -> ObjectName {
    table.sibling(chosen(&table.name, column, "seq"))
}

/// A name of two parts and a label, each part shortened until the whole fits.
fn chosen(first: &str, second: &str, label: &str) -> String {
    let room = LONGEST - label.len() - 2;
    let (mut one, mut other) = (first.len(), second.len());
    while one + other > room {
        match one > other {
            true => one -= 1,
            false => other -= 1,
        }
    }
    format!("{}_{}_{label}", cut(first, one), cut(second, other))
}

/// The longest beginning of a text that has at most so many bytes.
fn cut(text: &str, mut length: usize) -> &str {
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    &text[..length]
}

/// The numbered type of an integer type.
pub(super) fn serial(ty: &Type) -> Option<Type> {
    match ty {
        Type::SmallInt => Some(Type::SmallSerial),
        Type::Integer => Some(Type::Serial),
        Type::BigInt => Some(Type::BigSerial),
        _ => None,
    }
}

/// The options that differ from what a sequence of this type has by itself.
pub(super) fn without_defaults(options: &SequenceOptions, ty: &Type) -> SequenceOptions {
    let (lowest, highest) = match ty {
        Type::SmallInt => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Type::Integer => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let (least, most) = match options.increment.is_some_and(|step| step < 0) {
        true => (lowest, -1),
        false => (1, highest),
    };
    let start = match options.increment.is_some_and(|step| step < 0) {
        true => options.max.unwrap_or(most),
        false => options.min.unwrap_or(least),
    };
    let unless = |option: Option<i64>, usual: i64| option.filter(|value| *value != usual);
    SequenceOptions {
        start: unless(options.start, start),
        increment: unless(options.increment, 1),
        min: unless(options.min, least),
        max: unless(options.max, most),
        cache: unless(options.cache, 1),
        cycle: options.cycle.filter(|cycle| *cycle),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened_as_the_server_does() {
        let name = |table: &str, column| of_column(&table.into(), column).name;
        assert_eq!(name("t", "id"), "t_id_seq");
        let long = "t".repeat(63);
        assert_eq!(name(&long, "id"), format!("{}_id_seq", "t".repeat(56)));
        let column = "c".repeat(63);
        let both = format!("{}_{}_seq", "t".repeat(29), "c".repeat(29));
        assert_eq!(name(&long, &column), both);
        assert_eq!(
            name(&"ß".repeat(31), "id"),
            format!("{}_id_seq", "ß".repeat(28))
        );
    }

    #[test]
    fn defaults_are_those_of_type_and_direction() {
        let down = SequenceOptions {
            start: Some(-1),
            increment: Some(-1),
            min: Some(i32::MIN.into()),
            max: Some(-1),
            cache: Some(1),
            cycle: Some(false),
        };
        let rest = without_defaults(&down, &Type::Integer);
        assert_eq!(
            rest,
            SequenceOptions {
                increment: Some(-1),
                ..SequenceOptions::default()
            }
        );
        assert_eq!(
            without_defaults(&down, &Type::BigInt).min,
            Some(i32::MIN.into())
        );
        let from = SequenceOptions {
            start: Some(5),
            min: Some(5),
            ..SequenceOptions::default()
        };
        assert_eq!(without_defaults(&from, &Type::BigInt).start, None);
    }
}
