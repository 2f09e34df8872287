//! A column: its type, whether it may be null, what fills it when nothing is said.

use super::{SequenceOptions, Sql, Type, Value};

/// A column of a table, without the keys and checks that it takes part in: those are the table's.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether NULL is a value of it.
    pub nullable: bool,
    /// What it is when an INSERT does not say.
    pub default: Option<DefaultValue>,
    /// How it is computed, when it is.
    pub generated: Option<Generated>,
    /// Whether the server numbers its rows.
    pub identity: Option<Identity>,
    /// How its text is compared, by the server's name for it.
    pub collation: Option<String>,
    /// What is said about it in the catalogue.
    pub comment: Option<String>,
    /// What it becomes whenever its row changes (MySQL, MariaDB).
    pub on_update: Option<Sql>,
}

impl Column {
    /// A column that may not be null and has no default.
    #[must_use]
    pub fn new(name: impl Into<String>, ty: impl Into<Type>) -> Column {
        Column {
            name: name.into(),
            ty: ty.into(),
            nullable: false,
            default: None,
            generated: None,
            identity: None,
            collation: None,
            comment: None,
            on_update: None,
        }
    }
}

/// What a column is when an INSERT does not say.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DefaultValue {
    /// Always the same value.
    Value(Value),
    /// What the server makes of an expression at that moment.
    Expression(Sql),
}

/// A column that the server computes from others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Generated {
    /// From what.
    pub expression: Sql,
    /// Whether it is kept on disk, rather than computed when it is read.
    pub stored: bool,
}

impl Generated {
    /// A column computed from an expression.
    #[must_use]
    pub fn new(expression: impl Into<Sql>, stored: bool) -> Generated {
        Generated {
            expression: expression.into(),
            stored,
        }
    }
}

/// A column whose numbers the server hands out, and never twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// Whether an INSERT may not give a number of its own (PostgreSQL's `GENERATED ALWAYS`).
    pub always: bool,
    /// Which numbers.
    pub options: SequenceOptions,
}
