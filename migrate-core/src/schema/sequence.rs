//! A sequence: an object that hands out numbers, by itself or behind a numbered column.

use super::{ObjectName, Type};

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sequence {
    /// Its name.
    pub name: ObjectName,
    /// The type of its numbers, when it is not the server's usual one.
    pub ty: Option<Type>,
    /// Which numbers it hands out.
    pub options: SequenceOptions,
    /// The table and column that it goes with.
    pub owned_by: Option<(ObjectName, String)>,
}

impl Sequence {
    /// A sequence that counts from one.
    #[must_use]
    pub fn new(name: impl Into<ObjectName>) -> Sequence {
        Sequence {
            name: name.into(),
            ty: None,
            options: SequenceOptions::default(),
            owned_by: None,
        }
    }
}

/// Which numbers are handed out; what is not said is as the server has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SequenceOptions {
    /// The first number.
    pub start: Option<i64>,
    /// The distance between two numbers.
    pub increment: Option<i64>,
    /// The smallest number.
    pub min: Option<i64>,
    /// The largest number.
    pub max: Option<i64>,
    /// How many numbers a connection takes in one go.
    pub cache: Option<i64>,
    /// Whether it begins again after the last number.
    pub cycle: Option<bool>,
}

impl SequenceOptions {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == SequenceOptions::default()
    }
}
