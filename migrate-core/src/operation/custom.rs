//! Custom operations, which support everything that the others do: runs, SQL scripts, reversal,
//! messages.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use diesel::QueryResult;

use super::{Operation, ProbeResult};
use crate::dialect::{BackendKind, Unsupported};
use crate::schema::{ObjectName, Value};

/// How one kind of database writes names and values. Each [`Backend`](crate::backend::Backend)
/// implements it.
pub trait Quoting {
    /// The kind of database.
    fn kind(&self) -> BackendKind;

    /// The quoted name of a table or a column, for a statement.
    ///
    /// # Errors
    ///
    /// When the database does not allow the name.
    fn name(&self, name: &ObjectName) -> Result<String, Unsupported>;

    /// The literal of a value, for a statement.
    ///
    /// # Errors
    ///
    /// When the database has no such value.
    fn literal(&self, value: &Value) -> Result<String, Unsupported>;
}

/// A connection that sends statements as text, one at a time. Each
/// [`Session`](crate::backend::Session) is one.
pub trait Statements {
    /// The diesel connection.
    fn connection(&mut self) -> &mut dyn Any;

    /// Runs one statement.
    fn execute(&mut self, sql: &str) -> QueryResult<()>;

    /// The column `text` of a query's rows, which must be text and never NULL.
    fn texts(&mut self, query: &str) -> QueryResult<Vec<String>>;
}

/// An operation that this crate does not know.
///
/// ```
/// use migrate_core::BackendKind;
/// use migrate_core::error::Unsupported;
/// use migrate_core::operation::{Custom, CustomOperation, Operation, Quoting};
/// use migrate_core::prelude::*;
/// use migrate_core::schema::ObjectName;
///
/// /// Lets a role read a table.
/// #[derive(Debug)]
/// struct Grant { table: &'static str, role: &'static str, revoke: bool }
///
/// impl CustomOperation for Grant {
///     fn describe(&self) -> String {
///         let verb = if self.revoke { "revoke" } else { "grant" };
///         format!("{verb} select on `{}` for `{}`", self.table, self.role)
///     }
///
///     fn statements(&self, backend: &dyn Quoting) -> Result<Vec<String>, Unsupported> {
///         if backend.kind() == BackendKind::Sqlite {
///             return Err(Unsupported {
///                 backend: backend.kind(),
///                 what: "grant anything: it has no roles".to_owned(),
///                 help: "leave it out where `op.backend()` is SQLite".into(),
///             });
///         }
///         let (verb, to) = if self.revoke { ("REVOKE", "FROM") } else { ("GRANT", "TO") };
///         let table = backend.name(&ObjectName::from(self.table))?;
///         let role = backend.name(&ObjectName::from(self.role))?;
///         Ok(vec![format!("{verb} SELECT ON {table} {to} {role}")])
///     }
///
///     fn reverse(&self) -> Option<Operation> {
///         Some(Custom::new(Grant { revoke: !self.revoke, ..*self }).into())
///     }
/// }
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.custom(Grant { table: "users", role: "reporting", revoke: false })
/// }
/// ```
pub trait CustomOperation: fmt::Debug + Send + Sync {
    /// One line for people, as it follows "the revision failed at": `grant select on users`.
    fn describe(&self) -> String;

    /// The statements of the operation, which are sent one by one.
    ///
    /// # Errors
    ///
    /// When the backend does not support it.
    fn statements(&self, backend: &dyn Quoting) -> Result<Vec<String>, Unsupported>;

    /// Whether one of its statements took effect, when the run that sent it was interrupted. It
    /// must change nothing. `statement` is the place of the statement in the operation. Without
    /// this method, a person has to decide.
    ///
    /// # Errors
    ///
    /// When the database cannot be queried.
    fn effect(
        &self,
        connection: &mut dyn Statements,
        statement: usize,
    ) -> QueryResult<ProbeResult> {
        let _ = (connection, statement);
        Ok(ProbeResult::Unclear {
            found: "its effect is unknown: it has no `CustomOperation::effect`".to_owned(),
        })
    }

    /// The operation that reverses it, if there is one.
    fn reverse(&self) -> Option<Operation> {
        None
    }
}

/// A custom operation, as part of a list of operations. Two are equal when their `Debug` output is.
#[derive(Clone)]
pub struct Custom(Arc<dyn CustomOperation>);

impl Custom {
    /// Wraps an operation.
    pub fn new(operation: impl CustomOperation + 'static) -> Custom {
        Custom(Arc::new(operation))
    }

    /// The operation.
    #[must_use]
    pub fn operation(&self) -> &dyn CustomOperation {
        self.0.as_ref()
    }
}

impl From<Custom> for Operation {
    fn from(custom: Custom) -> Operation {
        Operation::Custom(custom)
    }
}

impl fmt::Debug for Custom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq for Custom {
    fn eq(&self, other: &Custom) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || format!("{self:?}") == format!("{other:?}")
    }
}
