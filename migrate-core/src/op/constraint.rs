//! Constraints over several columns, and constraints with names: `unique([…])`, `check("…")`,
//! `primary_key([…])`, `foreign_key([…]).references("…", […])`, `exclude([…])`.

use crate::operation::Operation;
use crate::schema::{
    Action, Check, Constraint, ConstraintKind, Deferrable, Exclude, ForeignKey, IndexPart, Match,
    ObjectName, PrimaryKey, Sql, Unique,
};

fn strings(names: impl IntoIterator<Item: Into<String>>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

/// A primary key over several columns.
///
/// ```
/// # use migrate_core::prelude::*;
/// primary_key(["team", "person"]).named("pk_members");
/// ```
pub fn primary_key(columns: impl IntoIterator<Item: Into<String>>) -> PrimaryKeyBuilder {
    PrimaryKeyBuilder(PrimaryKey {
        columns: strings(columns),
        ..PrimaryKey::default()
    })
}

/// No two rows have the same values in these columns.
///
/// ```
/// # use migrate_core::prelude::*;
/// unique(["team", "position"]).named("uq_members_position");
/// ```
pub fn unique(columns: impl IntoIterator<Item: Into<String>>) -> UniqueBuilder {
    UniqueBuilder(Unique {
        columns: strings(columns),
        ..Unique::default()
    })
}

/// An expression that must not be false for any row.
///
/// ```
/// # use migrate_core::prelude::*;
/// check("ends > begins").named("ck_bookings_order");
/// ```
pub fn check(expression: impl Into<Sql>) -> CheckBuilder {
    CheckBuilder(Check::new(expression))
}

/// Columns that reference another table, which `.references(…)` names.
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

/// No two rows for which all operators are true (PostgreSQL); each part is a column or an
/// expression with its operator.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.add_constraint(
///         "bookings",
///         exclude([("room", "="), ("during", "&&")]).using("gist").named("ex_bookings_room"),
///     )
/// }
/// ```
pub fn exclude(
    parts: impl IntoIterator<Item = (impl Into<IndexPart>, impl Into<String>)>,
) -> ExcludeBuilder {
    let parts = parts
        .into_iter()
        .map(|(part, operator)| (part.into(), operator.into()));
    ExcludeBuilder(Exclude::new(parts.collect()))
}

/// What `exclude` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a constraint is part of `table(…)` or of `op.add_constraint(…)`"]
pub struct ExcludeBuilder(Exclude);

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

/// A foreign key with its referenced table.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a constraint is part of `table(…)` or of `op.add_constraint(…)`"]
pub struct ForeignKeyBuilder(ForeignKey);

macro_rules! constraint_builder {
    ($($builder:ident => $variant:ident, $example:literal;)*) => {$(
        impl $builder {
            /// Gives the constraint a name.
            ///
            /// ```
            /// # use migrate_core::prelude::*;
            #[doc = $example]
            /// ```
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
    PrimaryKeyBuilder => PrimaryKey, r#"primary_key(["team", "person"]).named("pk_members");"#;
    UniqueBuilder => Unique, r#"unique(["email"]).named("uq_users_email");"#;
    CheckBuilder => Check, r#"check("age >= 0").named("ck_users_age");"#;
    ForeignKeyBuilder => ForeignKey, r#"foreign_key(["owner"]).references("users", ["id"]).named("fk_pets_owner");"#;
    ExcludeBuilder => Exclude, r#"exclude([("room", "=")]).named("ex_bookings_room");"#;
}

macro_rules! deferrable_builder {
    ($($builder:ident, $example:literal;)*) => {$(
        impl $builder {
            /// Allows a transaction to defer the check to its end.
            ///
            /// ```
            /// # use migrate_core::prelude::*;
            #[doc = concat!($example, ".deferrable();")]
            /// ```
            pub fn deferrable(mut self) -> $builder {
                self.0.deferrable = Some(Deferrable::InitiallyImmediate);
                self
            }

            /// Checks only when the transaction ends.
            ///
            /// ```
            /// # use migrate_core::prelude::*;
            #[doc = concat!($example, ".initially_deferred();")]
            /// ```
            pub fn initially_deferred(mut self) -> $builder {
                self.0.deferrable = Some(Deferrable::InitiallyDeferred);
                self
            }
        }
    )*};
}

deferrable_builder! {
    PrimaryKeyBuilder, r#"primary_key(["team", "person"])"#;
    UniqueBuilder, r#"unique(["email"])"#;
    ForeignKeyBuilder, r#"foreign_key(["owner"]).references("users", ["id"])"#;
    ExcludeBuilder, r#"exclude([("room", "=")])"#;
}

impl PrimaryKeyBuilder {
    /// Includes columns in its index without sorting by them (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// primary_key(["id"]).include(["name"]);
    /// ```
    pub fn include(mut self, columns: impl IntoIterator<Item: Into<String>>) -> PrimaryKeyBuilder {
        self.0.include = strings(columns);
        self
    }
}

impl UniqueBuilder {
    /// Includes columns in its index without sorting by them (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// unique(["email"]).include(["name"]);
    /// ```
    pub fn include(mut self, columns: impl IntoIterator<Item: Into<String>>) -> UniqueBuilder {
        self.0.include = strings(columns);
        self
    }

    /// Treats two NULLs as equal (PostgreSQL 15).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// unique(["email"]).nulls_not_distinct();
    /// ```
    pub fn nulls_not_distinct(mut self) -> UniqueBuilder {
        self.0.nulls_not_distinct = true;
        self
    }
}

impl CheckBuilder {
    /// Makes it part of the definition of a column, with which it is dropped (MariaDB).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// check("age >= 0").of_column("age");
    /// ```
    pub fn of_column(mut self, column: impl Into<String>) -> CheckBuilder {
        self.0.column = Some(column.into());
        self
    }

    /// Does not check the existing rows, until the constraint is validated (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// check("age >= 0").named("ck_users_age").not_valid();
    /// ```
    pub fn not_valid(mut self) -> CheckBuilder {
        self.0.not_valid = true;
        self
    }

    /// Exempts the tables that inherit from this one (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// check("kind = 'base'").no_inherit();
    /// ```
    pub fn no_inherit(mut self) -> CheckBuilder {
        self.0.no_inherit = true;
        self
    }
}

impl ExcludeBuilder {
    /// The access method of its index: `gist`, `spgist`.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// exclude([("room", "="), ("during", "&&")]).using("gist");
    /// ```
    pub fn using(mut self, method: impl Into<String>) -> ExcludeBuilder {
        self.0.method = Some(method.into());
        self
    }

    /// Covers only the rows for which the expression is true.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// exclude([("room", "="), ("during", "&&")]).using("gist").filter("NOT cancelled");
    /// ```
    pub fn filter(mut self, predicate: impl Into<Sql>) -> ExcludeBuilder {
        self.0.predicate = Some(predicate.into());
        self
    }
}

impl ForeignKeyColumns {
    /// The table, and the columns of it, that are referenced.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// foreign_key(["team", "person"]).references("members", ["team", "person"]);
    /// ```
    pub fn references(
        self,
        table: impl Into<ObjectName>,
        columns: impl IntoIterator<Item: Into<String>>,
    ) -> ForeignKeyBuilder {
        ForeignKeyBuilder(ForeignKey::new(self.0, table.into(), strings(columns)))
    }
}

impl ForeignKeyBuilder {
    /// What happens to a row when the row that it references is deleted.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// foreign_key(["owner"]).references("users", ["id"]).on_delete(SetNull);
    /// ```
    pub fn on_delete(mut self, action: Action) -> ForeignKeyBuilder {
        self.0.on_delete = Some(action);
        self
    }

    /// What happens to a row when the key that it references changes.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// foreign_key(["owner"]).references("users", ["id"]).on_update(Cascade);
    /// ```
    pub fn on_update(mut self, action: Action) -> ForeignKeyBuilder {
        self.0.on_update = Some(action);
        self
    }

    /// Sets the meaning of NULL in some of several columns.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// use migrate_core::schema::Match;
    /// foreign_key(["team", "person"]).references("members", ["team", "person"]).match_type(Match::Full);
    /// ```
    pub fn match_type(mut self, match_type: Match) -> ForeignKeyBuilder {
        self.0.match_type = Some(match_type);
        self
    }

    /// Does not check the existing rows, until the constraint is validated (PostgreSQL).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// foreign_key(["owner"]).references("users", ["id"]).named("fk_pets_owner").not_valid();
    /// ```
    pub fn not_valid(mut self) -> ForeignKeyBuilder {
        self.0.not_valid = true;
        self
    }
}

/// A constraint to be dropped: its name, or its whole definition, so that it can be recreated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropConstraint {
    name: Option<String>,
    kind: Option<ConstraintKind>,
    definition: Option<Constraint>,
}

impl DropConstraint {
    /// The constraint of this name and kind; of this kind, where a table has only one.
    pub(super) fn of(kind: ConstraintKind, name: Option<String>) -> DropConstraint {
        DropConstraint {
            name,
            kind: Some(kind),
            definition: None,
        }
    }

    pub(super) fn into_operation(self, table: ObjectName, if_exists: bool) -> Operation {
        Operation::DropConstraint {
            table,
            name: self.name,
            kind: self.kind,
            definition: self.definition,
            if_exists,
        }
    }
}

impl From<&str> for DropConstraint {
    fn from(name: &str) -> DropConstraint {
        DropConstraint::from(name.to_owned())
    }
}

impl From<String> for DropConstraint {
    fn from(name: String) -> DropConstraint {
        DropConstraint {
            name: Some(name),
            kind: None,
            definition: None,
        }
    }
}

impl<B: Into<Constraint>> From<B> for DropConstraint {
    fn from(builder: B) -> DropConstraint {
        let constraint = builder.into();
        DropConstraint {
            name: constraint.name().map(str::to_owned),
            kind: Some(constraint.kind()),
            definition: Some(constraint),
        }
    }
}
