//! `sql("…")`: raw SQL for `op.execute`, optionally with the SQL that reverts it.

use crate::backend::BackendKind;
use crate::operation::Operation;
use crate::schema::Sql;

/// Raw SQL; `.on(backend, "…")` gives another text for one backend.
///
/// ```
/// use migrate_core::prelude::*;
///
/// sql("UPDATE users SET active = 1").undone_by("UPDATE users SET active = 0");
/// ```
#[must_use]
pub fn sql(text: impl Into<Sql>) -> Sql {
    text.into()
}

/// Raw SQL for one kind of database; `.on(backend, "…")` adds others. On the rest it does nothing.
///
/// ```
/// use migrate_core::prelude::*;
///
/// fn upgrade(op: &mut Operations<'_>) -> Result<()> {
///     op.execute(sql_for(BackendKind::Postgres, "CLUSTER users").on(BackendKind::Mysql, "OPTIMIZE TABLE users"))
/// }
/// ```
#[must_use]
pub fn sql_for(backend: BackendKind, text: impl Into<String>) -> Sql {
    Sql::only(backend, text)
}

impl Sql {
    /// Sets the SQL that reverts the statement, so that it can be reversed.
    ///
    /// ```
    /// # use migrate_core::prelude::*;
    /// # fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    /// op.execute(sql("UPDATE users SET active = TRUE").undone_by("UPDATE users SET active = FALSE"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn undone_by(self, undo: impl Into<Sql>) -> Statement {
        Statement {
            sql: self,
            undo: Some(undo.into()),
        }
    }
}

/// SQL to be executed: a string, `sql("…")`, or one with the SQL that reverts it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a statement is executed by `op.execute(…)`"]
pub struct Statement {
    sql: Sql,
    undo: Option<Sql>,
}

impl Statement {
    pub(super) fn into_operation(self) -> Operation {
        Operation::Execute {
            sql: self.sql,
            undo: self.undo,
        }
    }
}

impl<S: Into<Sql>> From<S> for Statement {
    fn from(sql: S) -> Statement {
        Statement {
            sql: sql.into(),
            undo: None,
        }
    }
}
