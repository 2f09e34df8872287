//! Runs the statements of an SQL text, and says at which line one failed.

use super::SqlFailure;
use crate::backend::Session;
use crate::dialect::BackendKind;
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

/// The statements of a text, each with the line where it begins.
#[must_use]
pub fn statements_of(text: &str, kind: BackendKind) -> Vec<(u32, String)> {
    let cut = sql::statements(text, kind);
    let parts = cut.parts().iter();
    parts.map(|one| (one.line, one.sql.to_owned())).collect()
}
