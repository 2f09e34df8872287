//! Runs the statements of an SQL text, and says at which line one failed.

use super::SqlFailure;
use crate::backend::Session;
use crate::sql;

/// Runs all statements of a text.
///
/// # Errors
///
/// The first statement that the database refuses, or that only a client can run; those before it
/// stay done.
pub fn run_sql(session: &mut dyn Session, text: &str) -> Result<(), SqlFailure> {
    let kind = session.backend().kind();
    if let Some(found) = sql::findings(text, kind).into_iter().next() {
        return Err(SqlFailure {
            line: found.line,
            message: format!("{} cannot run on a server", found.what),
            help: Some(found.help),
        });
    }
    for statement in sql::statements(text, kind).parts() {
        session.execute(statement.sql).map_err(|error| SqlFailure {
            line: statement.line,
            message: error.to_string(),
            help: None,
        })?;
    }
    Ok(())
}
