//! What PostgreSQL reports about itself and the connected role: one catalogue query.

use diesel::sql_types::{Bool, Nullable, Text};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query};

use super::PgConnection;
use crate::backend::{About, TableAccess};

#[derive(QueryableByName)]
struct Seen {
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Nullable<Text>)]
    schema: Option<String>,
    #[diesel(sql_type = Bool)]
    replica: bool,
    #[diesel(sql_type = Bool)]
    read_only: bool,
    #[diesel(sql_type = Nullable<Bool>)]
    may_create: Option<bool>,
    #[diesel(sql_type = Bool)]
    found: bool,
    #[diesel(sql_type = Nullable<Bool>)]
    readable: Option<bool>,
    #[diesel(sql_type = Nullable<Bool>)]
    writable: Option<bool>,
    #[diesel(sql_type = Bool)]
    journal: bool,
    #[diesel(sql_type = Nullable<Bool>)]
    journal_readable: Option<bool>,
    #[diesel(sql_type = Nullable<Bool>)]
    journal_writable: Option<bool>,
    #[diesel(sql_type = Bool)]
    sees_locks: bool,
}

/// Collects the report. `table` and `journal` are the names of the version table and of the journal
/// as literals.
pub(super) fn about(
    connection: &mut PgConnection,
    table: &str,
    journal: &str,
) -> QueryResult<About> {
    let seen: Seen = sql_query(format!(
        "SELECT CAST(current_user AS text) AS role, \
         pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1) AS version, \
         CAST(pg_catalog.current_schema() AS text) AS schema, \
         pg_catalog.pg_is_in_recovery() AS replica, \
         pg_catalog.current_setting('transaction_read_only') = 'on' AS read_only, \
         pg_catalog.has_schema_privilege(pg_catalog.current_schema(), 'CREATE') AS may_create, \
         t.found IS NOT NULL AS found, \
         pg_catalog.has_table_privilege(t.found, 'SELECT') AS readable, \
         pg_catalog.has_table_privilege(t.found, 'INSERT') \
         AND pg_catalog.has_table_privilege(t.found, 'DELETE') AS writable, \
         t.journal IS NOT NULL AS journal, \
         pg_catalog.has_table_privilege(t.journal, 'SELECT') AS journal_readable, \
         pg_catalog.has_table_privilege(t.journal, 'INSERT') AS journal_writable, \
         pg_catalog.has_table_privilege('pg_catalog.pg_locks', 'SELECT') AS sees_locks \
         FROM (SELECT CAST(pg_catalog.to_regclass({table}) AS oid) AS found, \
         CAST(pg_catalog.to_regclass({journal}) AS oid) AS journal) AS t"
    ))
    .get_result(connection)?;
    let refuses_tables = seen.refuses_tables();
    let hides_locks =
        (!seen.sees_locks).then(|| format!("`{}` may not read `pg_locks`", seen.role));
    Ok(About {
        refuses_tables,
        user: Some(seen.role),
        version: Some(seen.version),
        place: seen.schema,
        is_replica: seen.replica,
        is_pooled: None,
        version_table: TableAccess {
            exists: seen.found,
            readable: seen.readable == Some(true),
            writable: seen.writable == Some(true) && !seen.read_only,
        },
        journal: TableAccess {
            exists: seen.journal,
            readable: seen.journal_readable == Some(true),
            writable: seen.journal_writable == Some(true) && !seen.read_only,
        },
        hides_locks,
    })
}

impl Seen {
    fn refuses_tables(&self) -> Option<String> {
        let role = &self.role;
        match (&self.schema, self.may_create) {
            _ if self.replica => Some("the server is a replica, which only can be read".to_owned()),
            _ if self.read_only => {
                Some("transactions are read-only here (`default_transaction_read_only`)".to_owned())
            }
            (None, _) => Some("no schema of the `search_path` is there".to_owned()),
            (Some(_), Some(true)) => None,
            (Some(schema), _) => Some(format!(
                "`{role}` may not create anything in the schema `{schema}`"
            )),
        }
    }
}
