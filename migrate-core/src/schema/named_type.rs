//! Types with a name: enum types and domains.

use super::{Check, DefaultValue, ObjectName, Type};

/// A type with listed values (PostgreSQL). MySQL lists them with the column: `Type::one_of`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct EnumType {
    /// Its name.
    pub name: ObjectName,
    /// Its values, smallest first.
    pub values: Vec<String>,
}

impl EnumType {
    /// A type with these values.
    #[must_use]
    pub fn new(
        name: impl Into<ObjectName>,
        values: impl IntoIterator<Item: Into<String>>,
    ) -> EnumType {
        EnumType {
            name: name.into(),
            values: values.into_iter().map(Into::into).collect(),
        }
    }
}

/// A type with conditions on its values (PostgreSQL).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Domain {
    /// Its name.
    pub name: ObjectName,
    /// The type that it narrows.
    pub ty: Type,
    /// Whether NULL is allowed.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub nullable: bool,
    /// The default of a column of this type, for an INSERT.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub default: Option<DefaultValue>,
    /// Its collation.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub collation: Option<String>,
    /// The conditions on its values, each an expression over `VALUE`.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "Vec::is_empty")
    )]
    pub checks: Vec<Check>,
}

impl Domain {
    /// A domain over a type, without conditions.
    #[must_use]
    pub fn new(name: impl Into<ObjectName>, ty: impl Into<Type>) -> Domain {
        Domain {
            name: name.into(),
            ty: ty.into(),
            nullable: true,
            default: None,
            collation: None,
            checks: Vec::new(),
        }
    }
}
