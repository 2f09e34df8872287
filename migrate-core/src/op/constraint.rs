//! Constraints over several columns, and constraints with names: `unique([…])`, `check("…")`,
//! `primary_key([…])`, `foreign_key([…]).references("…", […])`.

use crate::operation::Operation;
use crate::schema::{
    Action, Check, Constraint, Deferrable, ForeignKey, ObjectName, PrimaryKey, Sql, Unique,
};

fn strings(names: impl IntoIterator<Item: Into<String>>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

/// A primary key over several columns.
pub fn primary_key(columns: impl IntoIterator<Item: Into<String>>) -> PrimaryKeyBuilder {
    PrimaryKeyBuilder(PrimaryKey {
        name: None,
        columns: strings(columns),
    })
}

/// No two rows alike in these columns.
pub fn unique(columns: impl IntoIterator<Item: Into<String>>) -> UniqueBuilder {
    UniqueBuilder(Unique {
        name: None,
        columns: strings(columns),
    })
}

/// An expression that must not be false for any row.
pub fn check(expression: impl Into<Sql>) -> CheckBuilder {
    CheckBuilder(Check::new(expression))
}

/// Columns that point at another table; `.references(…)` says at which.
///
/// ```
/// use migrate_core::prelude::*;
///
/// foreign_key(["team", "person"])
///     .references("members", ["team", "person"])
///     .on_delete(Cascade)
///     .named("fk_roles_member");
/// ```
pub fn foreign_key(columns: impl IntoIterator<Item: Into<String>>) -> ForeignKeyColumns {
    ForeignKeyColumns(strings(columns))
}

/// What `primary_key` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a constraint is part of `table(…)` or of `op.add_constraint(…)`"]
pub struct PrimaryKeyBuilder(PrimaryKey);

/// What `unique` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a constraint is part of `table(…)` or of `op.add_constraint(…)`"]
pub struct UniqueBuilder(Unique);

/// What `check` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a constraint is part of `table(…)` or of `op.add_constraint(…)`"]
pub struct CheckBuilder(Check);

/// What `foreign_key` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a foreign key needs `.references(…)`"]
pub struct ForeignKeyColumns(Vec<String>);

/// A foreign key that knows where it points.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a constraint is part of `table(…)` or of `op.add_constraint(…)`"]
pub struct ForeignKeyBuilder(ForeignKey);

macro_rules! constraint_builder {
    ($($builder:ident => $variant:ident;)*) => {$(
        impl $builder {
            /// Gives the constraint a name.
            pub fn named(mut self, name: impl Into<String>) -> $builder {
                self.0.name = Some(name.into());
                self
            }
        }

        impl From<$builder> for Constraint {
            fn from(builder: $builder) -> Constraint {
                Constraint::$variant(builder.0)
            }
        }
    )*};
}

constraint_builder! {
    PrimaryKeyBuilder => PrimaryKey;
    UniqueBuilder => Unique;
    CheckBuilder => Check;
    ForeignKeyBuilder => ForeignKey;
}

impl ForeignKeyColumns {
    /// The table, and the columns of it, that are pointed at.
    pub fn references(
        self,
        table: impl Into<ObjectName>,
        columns: impl IntoIterator<Item: Into<String>>,
    ) -> ForeignKeyBuilder {
        ForeignKeyBuilder(ForeignKey::new(self.0, table.into(), strings(columns)))
    }
}

impl ForeignKeyBuilder {
    /// What happens to a row when the one that it points at is deleted.
    pub fn on_delete(mut self, action: Action) -> ForeignKeyBuilder {
        self.0.on_delete = Some(action);
        self
    }

    /// What happens to a row when the key that it points at changes.
    pub fn on_update(mut self, action: Action) -> ForeignKeyBuilder {
        self.0.on_update = Some(action);
        self
    }

    /// Lets a transaction ask for the check to wait until it ends.
    pub fn deferrable(mut self) -> ForeignKeyBuilder {
        self.0.deferrable = Some(Deferrable::InitiallyImmediate);
        self
    }

    /// Checks only when the transaction ends.
    pub fn initially_deferred(mut self) -> ForeignKeyBuilder {
        self.0.deferrable = Some(Deferrable::InitiallyDeferred);
        self
    }
}

/// A constraint to be dropped: its name, or all of it so that it can be brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropConstraint {
    name: String,
    definition: Option<Constraint>,
}

impl DropConstraint {
    pub(super) fn into_operation(self, table: ObjectName) -> Operation {
        Operation::DropConstraint {
            table,
            name: self.name,
            definition: self.definition,
        }
    }
}

impl From<&str> for DropConstraint {
    fn from(name: &str) -> DropConstraint {
        DropConstraint {
            name: name.to_owned(),
            definition: None,
        }
    }
}

impl<B: Into<Constraint>> From<B> for DropConstraint {
    fn from(builder: B) -> DropConstraint {
        let constraint = builder.into();
        DropConstraint {
            name: constraint.name().unwrap_or_default().to_owned(),
            definition: Some(constraint),
        }
    }
}
