//! `column("…", type)`: a column for `table(…)` or `op.add_column(…)`, with its constraints.

use std::marker::PhantomData;

use super::undropped::Undropped;
use crate::operation::Operation;
use crate::schema::{
    Action, Check, Column, Constraint, DefaultValue, Deferrable, ForeignKey, Generated, Identity,
    Match, ObjectName, PrimaryKey, SequenceOptions, Sql, Type, Unique, Value,
};

/// A column that may not be null, unless `.nullable()` is called.
///
/// ```
/// use migrate_core::prelude::*;
///
/// column("id", Integer).primary_key().autoincrement();
/// column("phone", VarChar(20)).nullable();
/// column("active", Bool).default(true);
/// column("created_at", Timestamp).default_sql("CURRENT_TIMESTAMP");
/// column("owner", Integer).references("users", "id").on_delete(Cascade);
/// ```
pub fn column(name: impl Into<String>, ty: impl Into<Type>) -> ColumnBuilder {
    let parts = Parts {
        column: Column::new(name, ty),
        constraints: Vec::new(),
    };
    ColumnBuilder(Undropped::new(parts), PhantomData)
}

/// What `column` returns. Its state says whether it references another table.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a column is part of `table(…)` or of `op.add_column(…)`"]
pub struct ColumnBuilder<State = Plain>(Undropped<Parts>, PhantomData<State>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    column: Column,
    constraints: Vec<Constraint>,
}

/// The initial state of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain;

/// The state of a column after `.references(…)`, whose options may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Referencing;

impl<S> ColumnBuilder<S> {
    /// Allows NULL.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("phone", VarChar(20)).nullable();
    /// ```
    pub fn nullable(mut self) -> Self {
        self.0.column.nullable = true;
        self
    }

    /// Sets a default value for an INSERT that gives none.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("active", Bool).default(true);
    /// ```
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.0.column.default = Some(DefaultValue::Value(value.into()));
        self
    }

    /// Sets a default expression, which the server evaluates for an INSERT that gives no value.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("created_at", Timestamp).default_sql("CURRENT_TIMESTAMP");
    /// ```
    pub fn default_sql(mut self, expression: impl Into<Sql>) -> Self {
        self.0.column.default = Some(DefaultValue::Expression(expression.into()));
        self
    }

    /// Makes the column the primary key.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("id", Integer).primary_key();
    /// ```
    pub fn primary_key(self) -> Self {
        let columns = vec![self.0.column.name.clone()];
        self.with(Constraint::PrimaryKey(PrimaryKey {
            columns,
            ..PrimaryKey::default()
        }))
    }

    /// Lets the server number the rows, and never use a number twice.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("id", Integer).primary_key().autoincrement();
    /// ```
    pub fn autoincrement(mut self) -> Self {
        self.0.column.identity = Some(Identity::default());
        self
    }

    /// Lets the server number the rows; an INSERT cannot give a number (PostgreSQL's `GENERATED
    /// ALWAYS AS IDENTITY`).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("id", BigInt).primary_key().identity_always();
    /// ```
    pub fn identity_always(mut self) -> Self {
        self.0.column.identity = Some(Identity {
            always: true,
            options: SequenceOptions::default(),
        });
        self
    }

    /// Lets the server number the rows with these options.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// use migrate_core::schema::Identity;
    /// column("id", BigInt).primary_key().identity(Identity::default().start(1_000));
    /// ```
    pub fn identity(mut self, identity: Identity) -> Self {
        self.0.column.identity = Some(identity);
        self
    }

    /// Refuses a second row with the same value.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("email", VarChar(320)).unique();
    /// ```
    pub fn unique(self) -> Self {
        let columns = vec![self.0.column.name.clone()];
        self.with(Constraint::Unique(Unique {
            columns,
            ..Unique::default()
        }))
    }

    /// Refuses a row for which the expression is false.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("age", Integer).check("age >= 0");
    /// ```
    pub fn check(self, expression: impl Into<Sql>) -> Self {
        let column = Some(self.0.column.name.clone());
        self.with(Constraint::Check(Check {
            column,
            ..Check::new(expression)
        }))
    }

    /// References a column of a table.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("owner", Integer).references("users", "id");
    /// ```
    pub fn references(
        self,
        table: impl Into<ObjectName>,
        column: impl Into<String>,
    ) -> ColumnBuilder<Referencing> {
        let key = ForeignKey::new(
            vec![self.0.column.name.clone()],
            table.into(),
            vec![column.into()],
        );
        ColumnBuilder(self.with(Constraint::ForeignKey(key)).0, PhantomData)
    }

    /// Adds a constraint that is not of the forms above, such as one with a name.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("email", VarChar(320)).constraint(unique(["email"]).named("uq_users_email"));
    /// ```
    pub fn constraint(self, constraint: impl Into<Constraint>) -> Self {
        self.with(constraint.into())
    }

    /// Compares text by the server's collation of this name.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("name", Text).collate("C");
    /// ```
    pub fn collate(mut self, collation: impl Into<String>) -> Self {
        self.0.column.collation = Some(collation.into());
        self
    }

    /// Computes the column when it is read.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("total", Integer).generated("price * amount");
    /// ```
    pub fn generated(mut self, expression: impl Into<Sql>) -> Self {
        self.0.column.generated = Some(Generated::new(expression, false));
        self
    }

    /// Computes the column when its row is written, and stores it.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("total", Integer).generated_stored("price * amount");
    /// ```
    pub fn generated_stored(mut self, expression: impl Into<Sql>) -> Self {
        self.0.column.generated = Some(Generated::new(expression, true));
        self
    }

    /// Sets the column's comment in the catalogue, where the server has comments.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("phone", VarChar(20)).comment("with the country code");
    /// ```
    pub fn comment(mut self, comment: impl Into<String>) -> Self {
        self.0.column.comment = Some(comment.into());
        self
    }

    /// Sets the column to an expression whenever its row changes (MySQL, MariaDB).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("changed_at", Timestamp).on_update_sql("CURRENT_TIMESTAMP");
    /// ```
    pub fn on_update_sql(mut self, expression: impl Into<Sql>) -> Self {
        self.0.column.on_update = Some(expression.into());
        self
    }

    pub(super) fn into_parts(self) -> (Column, Vec<Constraint>) {
        let parts = self.0.take();
        (parts.column, parts.constraints)
    }

    fn with(mut self, constraint: Constraint) -> Self {
        self.0.constraints.push(constraint);
        self
    }
}

impl ColumnBuilder<Referencing> {
    /// What happens to this row when the row that it references is deleted.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("owner", Integer).references("users", "id").on_delete(Cascade);
    /// ```
    pub fn on_delete(self, action: Action) -> Self {
        self.with_reference(|key| key.on_delete = Some(action))
    }

    /// What happens to this row when the key that it references changes.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("owner", Integer).references("users", "id").on_update(Cascade);
    /// ```
    pub fn on_update(self, action: Action) -> Self {
        self.with_reference(|key| key.on_update = Some(action))
    }

    /// Checks the reference only when the transaction ends.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("boss", Integer).references("people", "id").initially_deferred();
    /// ```
    pub fn initially_deferred(self) -> Self {
        self.with_reference(|key| key.deferrable = Some(Deferrable::InitiallyDeferred))
    }

    /// Allows a transaction to defer the check of the reference to its end.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// column("boss", Integer).references("people", "id").deferrable();
    /// ```
    pub fn deferrable(self) -> Self {
        self.with_reference(|key| key.deferrable = Some(Deferrable::InitiallyImmediate))
    }

    /// Sets the meaning of NULL in some of several columns.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// use migrate_core::schema::Match;
    /// column("owner", Integer).references("users", "id").match_type(Match::Full);
    /// ```
    pub fn match_type(self, match_type: Match) -> Self {
        self.with_reference(|key| key.match_type = Some(match_type))
    }

    fn with_reference(mut self, change: impl FnOnce(&mut ForeignKey)) -> Self {
        let key = self
            .0
            .constraints
            .iter_mut()
            .rev()
            .find_map(|constraint| match constraint {
                Constraint::ForeignKey(key) => Some(key),
                _ => None,
            });
        change(key.expect("the state `Referencing` is reached by adding a foreign key"));
        self
    }
}

/// A column to be dropped: its name, or its whole definition, so that it can be recreated.
#[derive(Clone, Debug, PartialEq)]
pub struct DropColumn {
    name: String,
    definition: Option<(Column, Vec<Constraint>)>,
}

impl DropColumn {
    pub(super) fn into_operation(self, table: ObjectName, if_exists: bool) -> Operation {
        Operation::DropColumn {
            table,
            name: self.name,
            definition: self.definition,
            if_exists,
        }
    }
}

impl From<&str> for DropColumn {
    fn from(name: &str) -> DropColumn {
        DropColumn {
            name: name.to_owned(),
            definition: None,
        }
    }
}

impl From<String> for DropColumn {
    fn from(name: String) -> DropColumn {
        DropColumn {
            name,
            definition: None,
        }
    }
}

impl<S> From<ColumnBuilder<S>> for DropColumn {
    fn from(builder: ColumnBuilder<S>) -> DropColumn {
        let (column, constraints) = builder.into_parts();
        DropColumn {
            name: column.name.clone(),
            definition: Some((column, constraints)),
        }
    }
}
