//! The handle that a revision's body calls. It turns calls into `Operation`s and passes them to an
//! `Executor`; it knows no SQL, no backend, and not how an operation is run.

mod alter;
mod batch;
mod block;
mod changes;
mod column;
mod comment;
mod constraint;
mod domain;
mod enum_type;
mod executor;
mod index;
mod insert;
mod namespace;
mod sequence;
mod statement;
mod table;
mod undropped;
mod view;

pub use alter::{AlterColumn, alter};
pub(crate) use batch::BatchRange;
pub use batch::{Batch, Batches};
pub use block::BlockValue;
pub use column::{ColumnBuilder, DropColumn, Plain, Referencing, column};
pub use comment::{Comment, comment, no_comment};
pub use constraint::{
    CheckBuilder, DropConstraint, ExcludeBuilder, ForeignKeyBuilder, ForeignKeyColumns,
    PrimaryKeyBuilder, UniqueBuilder, check, exclude, foreign_key, primary_key, unique,
};
pub use domain::{DomainBuilder, DropDomain, domain};
pub use enum_type::{
    AddValue, AlterEnum, DropEnum, RenameValue, add_value, enum_type, rename_value,
};
pub(crate) use executor::{ChangeBatch, Executor, Settings};
pub use index::{DropIndex, IndexBuilder, IndexName, asc, desc, expression, index, key};
pub use insert::Row;
pub use namespace::{Extension, extension};
pub use sequence::{DropSequence, SequenceBuilder, sequence};
pub use statement::{Statement, sql, sql_for};
pub use table::{DropTable, TableBuilder, table};
pub use view::{DropView, ViewBuilder, view};

use std::fmt;
use std::panic::Location;

use crate::Result;
use crate::backend::BackendKind;
use crate::operation::Operation;

/// The handle with which a revision's body changes the database.
///
/// Each call is one operation. It runs at once, inside the revision's transaction, or is collected
/// where the operations themselves are wanted, as for the downgrade of a `reversible` revision. An
/// operation that the database does not support is refused before any of its statements runs. After
/// a failure no operation runs: a body that ignores the error fails all the same.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.create_table(
///         table("users")
///             .column(column("id", Integer).primary_key().autoincrement())
///             .column(column("email", VarChar(320)).unique())
///             .column(column("phone", VarChar(20)).nullable()),
///     )?;
///     op.create_index(index("ix_users_phone").on("users", ["phone"]))
/// }
/// ```
pub struct Operations<'a> {
    executor: &'a mut (dyn Executor + 'a),
}

impl<'a> Operations<'a> {
    /// A handle that passes operations on.
    pub(crate) fn new(executor: &'a mut (dyn Executor + 'a)) -> Operations<'a> {
        Operations { executor }
    }

    /// The kind of database.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// if op.backend() == BackendKind::Postgres {
    ///     op.execute("CLUSTER users USING users_pkey")?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn backend(&self) -> BackendKind {
        self.executor.backend().kind()
    }

    /// The kind of database, as a word in the API for scripts: the same as
    /// [`backend`](Operations::backend).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// if op.dialect() == BackendKind::Sqlite {
    ///     op.execute("PRAGMA optimize")?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn dialect(&self) -> BackendKind {
        self.backend()
    }

    /// The environment of the run: on the command line `--env NAME` or the variable `MIGRATE_ENV`,
    /// in an application the one from [`Migrator::environment`](crate::Migrator::environment) or
    /// [`environment_from_env`](crate::Migrator::environment_from_env).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    ///     if op.environment() == Some("production") {
    ///         op.execute("ANALYZE")?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn environment(&self) -> Option<&str> {
        self.executor.settings().environment.as_deref()
    }

    /// The argument of the run for a key: from `-x key=value`, or
    /// [`Migrator::argument`](crate::Migrator::argument).
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    ///     match op.argument("seed") {
    ///         Some("demo") => op.bulk_insert("users", ["name"], [("Ada",), ("Grace",)]),
    ///         _ => Ok(()),
    ///     }
    /// }
    /// ```
    #[must_use]
    pub fn argument(&self, key: &str) -> Option<&str> {
        let arguments = &self.executor.settings().arguments;
        arguments.get(key).map(String::as_str)
    }

    /// Whether the run writes an SQL script (offline mode): there is no database to read from.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// if !op.is_offline() {
    ///     op.execute("ANALYZE")?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn is_offline(&self) -> bool {
        self.executor.is_offline()
    }

    /// Runs or collects an operation that is already data.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// use migrate_core::operation::Operation;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.apply(Operation::RenameTable { from: "users".into(), to: "people".into() })?;
    /// # Ok(())
    /// # }
    /// ```
    #[track_caller]
    pub fn apply(&mut self, operation: Operation) -> Result<()> {
        self.executor.called_at(Location::caller());
        self.executor.apply(operation)
    }

    /// Runs or collects the statements of an SQL file.
    pub(crate) fn script(&mut self, text: &str) -> Result<()> {
        self.executor.script(text)
    }
}

impl fmt::Debug for Operations<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operations")
            .field("backend", &self.backend())
            .finish_non_exhaustive()
    }
}
