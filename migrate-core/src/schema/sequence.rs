//! A sequence: an object that generates numbers, on its own or for a numbered column.

use super::{ObjectName, Type};

/// A sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Sequence {
    /// Its name.
    pub name: ObjectName,
    /// The type of its numbers, when it is not the server's default.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub ty: Option<Type>,
    /// The options of its numbers.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "SequenceOptions::is_default")
    )]
    pub options: SequenceOptions,
    /// The table and column with which it is dropped.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
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

/// The options of the numbers; the server has a default for each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SequenceOptions {
    /// The first number.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub start: Option<i64>,
    /// The distance between two numbers.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub increment: Option<i64>,
    /// The smallest number.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub min: Option<i64>,
    /// The largest number.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub max: Option<i64>,
    /// The number of values that a connection takes at once.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub cache: Option<i64>,
    /// Whether it starts again after the last number.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub cycle: Option<bool>,
}

impl SequenceOptions {
    /// Whether no option is given.
    #[must_use]
    pub fn is_default(&self) -> bool {
        *self == SequenceOptions::default()
    }
}
