//! The methods for tables, columns, constraints, indexes, rows and statements: each becomes one
//! `Operation`. Methods for features of few servers are in their own files.

use super::{
    AlterColumn, ColumnBuilder, DropColumn, DropConstraint, DropIndex, DropTable, IndexBuilder,
    Operations, Row, Statement, TableBuilder,
};
use crate::Result;
use crate::operation::{Custom, CustomOperation, Operation};
use crate::schema::{Constraint, ConstraintKind, ObjectName};

impl<'a> Operations<'a> {
    /// Creates a table.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_table(table("users").column(column("id", Integer).primary_key()))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// For this and every other operation: when the backend does not support it, or the database
    /// refuses it.
    #[track_caller]
    pub fn create_table(&mut self, table: TableBuilder) -> Result<()> {
        self.apply(table.into_operation())
    }

    /// Drops a table, by name or by its whole definition; only the latter can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_table("users")?; // with `table("users").column(…)` it can be reversed
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_table(&mut self, table: impl Into<DropTable>) -> Result<()> {
        self.apply(table.into().into_operation(false))
    }

    /// Drops a table if it exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_table_if_exists("users")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_table_if_exists(&mut self, table: impl Into<DropTable>) -> Result<()> {
        self.apply(table.into().into_operation(true))
    }

    /// Renames a table; it stays in its schema.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.rename_table("users", "people")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn rename_table(
        &mut self,
        from: impl Into<ObjectName>,
        to: impl Into<String>,
    ) -> Result<()> {
        self.apply(Operation::RenameTable {
            from: from.into(),
            to: to.into(),
        })
    }

    /// Adds a column.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.add_column("users", column("phone", VarChar(20)).nullable())?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn add_column<S>(
        &mut self,
        table: impl Into<ObjectName>,
        column: ColumnBuilder<S>,
    ) -> Result<()> {
        let (column, constraints) = column.into_parts();
        self.apply(Operation::AddColumn {
            table: table.into(),
            column,
            constraints,
            if_not_exists: false,
        })
    }

    /// Adds a column unless there is one of this name (PostgreSQL, MariaDB).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.add_column_if_not_exists("users", column("phone", VarChar(20)).nullable())?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn add_column_if_not_exists<S>(
        &mut self,
        table: impl Into<ObjectName>,
        column: ColumnBuilder<S>,
    ) -> Result<()> {
        let (column, constraints) = column.into_parts();
        self.apply(Operation::AddColumn {
            table: table.into(),
            column,
            constraints,
            if_not_exists: true,
        })
    }

    /// Changes a column.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.alter_column("users", alter("age").set_type(BigInt).drop_not_null())?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn alter_column(
        &mut self,
        table: impl Into<ObjectName>,
        change: AlterColumn,
    ) -> Result<()> {
        self.apply(change.into_operation(table.into()))
    }

    /// Drops a column, by name or by its whole definition; only the latter can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_column("users", column("phone", VarChar(20)).nullable())?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_column(
        &mut self,
        table: impl Into<ObjectName>,
        column: impl Into<DropColumn>,
    ) -> Result<()> {
        self.apply(column.into().into_operation(table.into(), false))
    }

    /// Drops a column if it exists (PostgreSQL, MariaDB).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_column_if_exists("users", "phone")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_column_if_exists(
        &mut self,
        table: impl Into<ObjectName>,
        column: impl Into<DropColumn>,
    ) -> Result<()> {
        self.apply(column.into().into_operation(table.into(), true))
    }

    /// Renames a column.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.rename_column("users", "phone", "telephone")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn rename_column(
        &mut self,
        table: impl Into<ObjectName>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Result<()> {
        self.apply(Operation::RenameColumn {
            table: table.into(),
            from: from.into(),
            to: to.into(),
        })
    }

    /// Adds a constraint to a table that exists.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.add_constraint("users", unique(["email"]).named("uq_users_email"))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn add_constraint(
        &mut self,
        table: impl Into<ObjectName>,
        constraint: impl Into<Constraint>,
    ) -> Result<()> {
        self.apply(Operation::AddConstraint {
            table: table.into(),
            constraint: constraint.into(),
        })
    }

    /// Drops a constraint, by name or by its whole definition; only the latter can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_constraint("users", unique(["email"]).named("uq_users_email"))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_constraint(
        &mut self,
        table: impl Into<ObjectName>,
        constraint: impl Into<DropConstraint>,
    ) -> Result<()> {
        self.apply(constraint.into().into_operation(table.into(), false))
    }

    /// Drops a constraint if it exists (PostgreSQL, MariaDB).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_constraint_if_exists("users", "uq_users_email")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_constraint_if_exists(
        &mut self,
        table: impl Into<ObjectName>,
        constraint: impl Into<DropConstraint>,
    ) -> Result<()> {
        self.apply(constraint.into().into_operation(table.into(), true))
    }

    /// Drops the primary key of a table.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_primary_key("members")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_primary_key(&mut self, table: impl Into<ObjectName>) -> Result<()> {
        self.drop_constraint(table, DropConstraint::of(ConstraintKind::PrimaryKey, None))
    }

    /// Drops a foreign key; where constraints of several kinds may have the same name (MySQL), this
    /// kind.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_foreign_key("orders", "fk_orders_user")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_foreign_key(
        &mut self,
        table: impl Into<ObjectName>,
        name: impl Into<String>,
    ) -> Result<()> {
        let key = DropConstraint::of(ConstraintKind::ForeignKey, Some(name.into()));
        self.drop_constraint(table, key)
    }

    /// Drops a unique constraint.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_unique("users", "uq_users_email")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_unique(
        &mut self,
        table: impl Into<ObjectName>,
        name: impl Into<String>,
    ) -> Result<()> {
        let unique = DropConstraint::of(ConstraintKind::Unique, Some(name.into()));
        self.drop_constraint(table, unique)
    }

    /// Drops a check constraint.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_check("users", "ck_users_age")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn drop_check(
        &mut self,
        table: impl Into<ObjectName>,
        name: impl Into<String>,
    ) -> Result<()> {
        let check = DropConstraint::of(ConstraintKind::Check, Some(name.into()));
        self.drop_constraint(table, check)
    }

    /// Renames a constraint.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.rename_constraint("users", "users_email_key", "uq_users_email")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn rename_constraint(
        &mut self,
        table: impl Into<ObjectName>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Result<()> {
        self.apply(Operation::RenameConstraint {
            table: table.into(),
            from: from.into(),
            to: to.into(),
        })
    }

    /// Checks the existing rows against a constraint that was added with `.not_valid()`.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.validate_constraint("orders", "fk_orders_user")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn validate_constraint(
        &mut self,
        table: impl Into<ObjectName>,
        name: impl Into<String>,
    ) -> Result<()> {
        self.apply(Operation::ValidateConstraint {
            table: table.into(),
            name: name.into(),
        })
    }

    /// Creates an index.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.create_index(index("ix_users_phone").on("users", ["phone"]))?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn create_index(&mut self, index: IndexBuilder) -> Result<()> {
        self.apply(index.into_operation())
    }

    /// Drops an index.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.drop_index("ix_users_phone").on("users")?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn drop_index(&mut self, name: impl Into<String>) -> DropIndex<'_, 'a> {
        DropIndex::new(self, name.into())
    }

    /// Renames an index.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.rename_index("users", "ix_phone", "ix_users_phone")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn rename_index(
        &mut self,
        table: impl Into<ObjectName>,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Result<()> {
        self.apply(Operation::RenameIndex {
            table: table.into(),
            from: from.into(),
            to: to.into(),
        })
    }

    /// Runs a custom operation; [`CustomOperation`] shows how one is written.
    ///
    /// ```
    /// # use migrate_core::{operation::CustomOperation, prelude::*};
    /// # fn upgrade(op: &mut Operations<'_>, grant: impl CustomOperation + 'static) -> Result<()> {
    /// op.custom(grant)?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn custom(&mut self, operation: impl CustomOperation + 'static) -> Result<()> {
        self.apply(Operation::Custom(Custom::new(operation)))
    }

    /// Executes raw SQL. With one statement per call, a failure can name the statement.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.execute("UPDATE users SET active = TRUE")?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn execute(&mut self, statement: impl Into<Statement>) -> Result<()> {
        self.apply(statement.into().into_operation())
    }

    /// Inserts rows.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.bulk_insert("users", ["id", "name"], [(1, "Ada"), (2, "Grace")])?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn bulk_insert<C, R>(
        &mut self,
        table: impl Into<ObjectName>,
        columns: C,
        rows: R,
    ) -> Result<()>
    where
        C: IntoIterator<Item: Into<String>>,
        R: IntoIterator<Item: Row>,
    {
        self.apply(Operation::BulkInsert {
            table: table.into(),
            columns: columns.into_iter().map(Into::into).collect(),
            rows: rows.into_iter().map(Row::into_values).collect(),
        })
    }
}
