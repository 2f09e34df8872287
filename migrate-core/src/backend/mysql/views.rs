//! Whether a query that only reads by its words really does: checks the text of the views that it
//! names, and of those that they name.

use diesel::QueryResult;

use super::engines::SYSTEM;
use crate::backend::Session;
use crate::sql::{StatementKind, classify, names};

/// Whether the views that queries name only read. A view whose text the user may not see may write.
pub(super) fn only_read(session: &mut dyn Session, queries: &[String]) -> QueryResult<bool> {
    let kind = session.backend().kind();
    let rows = session.texts(&format!(
        "SELECT CONVERT(CONCAT_WS('\u{1f}', table_name, view_definition) USING utf8mb4) AS text \
         FROM information_schema.views WHERE table_schema NOT IN ('{}', 'information_schema')",
        SYSTEM.join("', '")
    ))?;
    let mut views: Vec<(String, &str)> = rows
        .iter()
        .map(|row| row.split_once('\u{1f}').unwrap_or((row, "")))
        .map(|(name, definition)| (name.to_lowercase(), definition))
        .collect();
    let mut words: Vec<String> = queries.iter().flat_map(|sql| names(sql, kind)).collect();
    loop {
        let (named, others): (Vec<_>, Vec<_>) = views
            .into_iter()
            .partition(|(name, _)| words.contains(name));
        let reads = |definition: &str| {
            !definition.is_empty() && classify(definition, kind).kind == StatementKind::Read
        };
        if !named.iter().all(|(_, definition)| reads(definition)) {
            return Ok(false);
        }
        if named.is_empty() {
            return Ok(true);
        }
        words = named
            .iter()
            .flat_map(|(_, definition)| names(definition, kind))
            .collect();
        views = others;
    }
}
