//! How MySQL and MariaDB make scratch databases. Texts only.

use crate::backend::{SCRATCH_PREFIX, ScratchQueries};

/// The table of a database that is kept: not every server has comments on databases.
const KEPT: &str = "__migrate_kept";

/// For the scratch database of this name, which needs no quotes.
pub(super) fn queries(name: &str) -> ScratchQueries {
    ScratchQueries {
        lock: format!("SELECT CAST(GET_LOCK('{name}', 0) AS CHAR) AS text"),
        create: format!(
            "SELECT CONCAT('CREATE DATABASE {name} CHARACTER SET ', @@character_set_database, ' COLLATE ', @@collation_database) \
             AS text"
        ),
        prepare: None,
        keep: format!("CREATE TABLE {name}.{KEPT} (id int)"),
        left: format!(
            "SELECT CONVERT(s.schema_name USING utf8mb4) AS text FROM information_schema.schemata AS s \
             WHERE LEFT(s.schema_name, {}) = '{SCRATCH_PREFIX}' AND IS_FREE_LOCK(s.schema_name) = 1 \
             AND NOT EXISTS (SELECT 1 FROM information_schema.tables AS t \
             WHERE t.table_schema = s.schema_name AND t.table_name = '{KEPT}')",
            SCRATCH_PREFIX.len()
        ),
        grant: (r"GRANT ALL ON `\_\_migrate\_scratch\_%`.* TO ", ""),
    }
}
