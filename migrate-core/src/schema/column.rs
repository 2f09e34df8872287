//! A column: its type, whether it may be null, its default.

use super::{SequenceOptions, Sql, Type, Value};

/// A column of a table, without its keys and checks: those belong to the table.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether NULL is allowed.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub nullable: bool,
    /// Its default for an INSERT.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub default: Option<DefaultValue>,
    /// How it is computed, if it is.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub generated: Option<Generated>,
    /// Whether and how the server numbers its rows.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub identity: Option<Identity>,
    /// Its collation, by the server's name for it.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub collation: Option<String>,
    /// Its comment in the catalogue.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub comment: Option<String>,
    /// The expression to which it is set when its row changes (MySQL, MariaDB).
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
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

/// The default of a column, for an INSERT that gives no value.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DefaultValue {
    /// A constant value.
    Value(Value),
    /// An expression that the server evaluates at that moment.
    Expression(Sql),
}

/// A column that the server computes from others.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Generated {
    /// The expression.
    pub expression: Sql,
    /// Whether it is stored, rather than computed when it is read.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
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

/// A column that the server numbers, never using a number twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Identity {
    /// Whether an INSERT cannot give a number (PostgreSQL's `GENERATED ALWAYS`).
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "std::ops::Not::not")
    )]
    pub always: bool,
    /// The options of its numbers.
    #[cfg_attr(
        feature = "serde",
        serde(default, skip_serializing_if = "SequenceOptions::is_default")
    )]
    pub options: SequenceOptions,
}

impl Identity {
    /// Refuses a number from an INSERT (PostgreSQL's `GENERATED ALWAYS`).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # use migrate_core::schema::Identity;
    /// column("id", BigInt).identity(Identity::default().always());
    /// ```
    #[must_use]
    pub fn always(mut self) -> Identity {
        self.always = true;
        self
    }

    /// The first number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # use migrate_core::schema::Identity;
    /// column("id", BigInt).identity(Identity::default().start(1_000));
    /// ```
    #[must_use]
    pub fn start(mut self, number: i64) -> Identity {
        self.options.start = Some(number);
        self
    }

    /// The distance between two numbers.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # use migrate_core::schema::Identity;
    /// column("id", BigInt).identity(Identity::default().increment(10));
    /// ```
    #[must_use]
    pub fn increment(mut self, distance: i64) -> Identity {
        self.options.increment = Some(distance);
        self
    }

    /// The smallest number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # use migrate_core::schema::Identity;
    /// column("id", BigInt).identity(Identity::default().min(-5));
    /// ```
    #[must_use]
    pub fn min(mut self, number: i64) -> Identity {
        self.options.min = Some(number);
        self
    }

    /// The largest number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # use migrate_core::schema::Identity;
    /// column("id", BigInt).identity(Identity::default().max(9_999));
    /// ```
    #[must_use]
    pub fn max(mut self, number: i64) -> Identity {
        self.options.max = Some(number);
        self
    }

    /// The number of values that a connection takes at once.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # use migrate_core::schema::Identity;
    /// column("id", BigInt).identity(Identity::default().cache(50));
    /// ```
    #[must_use]
    pub fn cache(mut self, count: i64) -> Identity {
        self.options.cache = Some(count);
        self
    }

    /// Starts again after the last number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # use migrate_core::schema::Identity;
    /// column("id", BigInt).identity(Identity::default().max(9_999).cycle());
    /// ```
    #[must_use]
    pub fn cycle(mut self) -> Identity {
        self.options.cycle = Some(true);
        self
    }

    /// Stops after the last number.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # use migrate_core::schema::Identity;
    /// column("id", BigInt).identity(Identity::default().no_cycle());
    /// ```
    #[must_use]
    pub fn no_cycle(mut self) -> Identity {
        self.options.cycle = Some(false);
        self
    }
}
