//! The schema of the version table and the journal, and the connection settings that a run
//! restores.

use diesel::pg::PgConnection;
use diesel::result::Error;
use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::quote;
use super::session::literal;
use super::timeouts::Before;
use crate::error::TwoVersionTables;
use crate::journal::{self, VERSION_TABLE};

/// Where the bookkeeping is, whatever a revision does to the search path.
#[derive(Clone, Debug, QueryableByName)]
pub(super) struct Place {
    /// The schema in which the version table was found.
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) found: Option<String>,
    /// The schema in which it would be created.
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) current: Option<String>,
    /// Whether the journal exists next to it.
    #[diesel(sql_type = Bool)]
    pub(super) journal: bool,
    /// Whether several schemas were possible, or the setting chose one.
    #[diesel(sql_type = Bool)]
    pub(super) is_chosen: bool,
    #[diesel(sql_type = Text)]
    pub(super) search_path: String,
    #[diesel(sql_type = Text)]
    pub(super) version: String,
    #[diesel(sql_type = Text)]
    lock_timeout: String,
    #[diesel(sql_type = Text)]
    statement_timeout: String,
    /// The language of the server's messages.
    #[diesel(sql_type = Text)]
    pub(super) language: String,
}

/// The setting that names the schema of the version table, if the search path leaves it ambiguous.
const SETTING: &str = "NULLIF(pg_catalog.current_setting('migrate.schema', true), '')";

impl Place {
    /// Looks for the version table: in the schema of the setting, else along the search path as the
    /// server does, and later where the first call found that it would be created.
    ///
    /// If it is found behind a schema in which it would be created, it may belong to another
    /// tenant: then this fails with [`TwoVersionTables`].
    pub(super) fn look(connection: &mut PgConnection, first: Option<Place>) -> QueryResult<Place> {
        let name = match &first {
            Some(first) => literal(&first.qualified(VERSION_TABLE))?,
            None => {
                format!(
                    "pg_catalog.concat(pg_catalog.quote_ident({SETTING}) || '.', '{VERSION_TABLE}')"
                )
            }
        };
        let current = format!("COALESCE({SETTING}, CAST(pg_catalog.current_schema() AS text))");
        let seen: Place = sql_query(format!(
            "SELECT (SELECT CAST(n.nspname AS text) FROM pg_catalog.pg_class AS c \
             JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace \
             WHERE c.oid = pg_catalog.to_regclass({name})) AS found, \
             {current} AS current, \
             EXISTS (SELECT FROM pg_catalog.pg_class AS c \
             WHERE c.relname = '{}' AND c.relkind IN ('r', 'p') AND c.relnamespace = COALESCE( \
             (SELECT v.relnamespace FROM pg_catalog.pg_class AS v WHERE v.oid = pg_catalog.to_regclass({name})), \
             (SELECT n.oid FROM pg_catalog.pg_namespace AS n WHERE n.nspname = {current}))) AS journal, \
             {SETTING} IS NOT NULL \
             OR pg_catalog.cardinality(pg_catalog.current_schemas(false)) > 1 AS is_chosen, \
             pg_catalog.current_setting('search_path') AS search_path, \
             pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version, \
             pg_catalog.current_setting('lock_timeout') AS lock_timeout, \
             pg_catalog.current_setting('statement_timeout') AS statement_timeout, \
             pg_catalog.current_setting('lc_messages') AS language",
            journal::TABLE
        ))
        .get_result(connection)?;
        match (first, &seen.found, &seen.current) {
            (Some(first), ..) => Ok(Place {
                found: seen.found,
                journal: seen.journal,
                ..first
            }),
            (None, Some(found), Some(current)) if found != current => {
                let two = TwoVersionTables {
                    found: found.clone(),
                    first: current.clone(),
                };
                Err(Error::QueryBuilderError(Box::new(two)))
            }
            _ => Ok(seen),
        }
    }

    /// Whether the server's messages are in English.
    pub(super) fn speaks_english(&self) -> bool {
        is_english(&self.language)
    }

    pub(super) fn settings(&self) -> Before {
        Before {
            lock_timeout: self.lock_timeout.clone(),
            statement_timeout: self.statement_timeout.clone(),
        }
    }

    /// A table's name with the schema of the bookkeeping.
    pub(super) fn qualified(&self, table: &str) -> String {
        let schema = self.found.as_ref().or(self.current.as_ref());
        match schema.and_then(|schema| quote::identifier(schema).ok()) {
            Some(schema) => format!("{schema}.{table}"),
            None => table.to_owned(),
        }
    }
}

/// Whether a locale is English: none, `en_US.UTF-8`, `English_United States.1252`, or one without a
/// language, such as `C.UTF-8`.
fn is_english(locale: &str) -> bool {
    let language = locale
        .split(['_', '.', '@', '-'])
        .next()
        .unwrap_or_default();
    matches!(language, "" | "C" | "POSIX" | "en" | "English")
}

#[cfg(test)]
mod tests {
    use super::is_english;

    #[test]
    fn locales_whose_messages_are_in_english() {
        for locale in [
            "",
            "C",
            "C.UTF-8",
            "POSIX",
            "en_GB",
            "en",
            "English_United States.1252",
        ] {
            assert!(is_english(locale), "{locale}");
        }
        for locale in ["Chinese_China.936", "Czech", "de_DE", "eno_XX", "Croatian"] {
            assert!(!is_english(locale), "{locale}");
        }
    }
}
