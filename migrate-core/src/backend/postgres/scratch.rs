//! How PostgreSQL makes scratch databases. Texts only.

use crate::backend::{SCRATCH_PREFIX, ScratchQueries};

/// The first half of the key of a scratch database's advisory lock, `scra` in ASCII. The second
/// half is the hash of its name.
const KEY: i32 = 0x7363_7261;

/// The comment of a database that is kept.
const KEPT: &str = "a scratch database that is kept: drop it when it is of no more use";

/// For the scratch database of this name, which needs no quotes.
pub(super) fn queries(name: &str) -> ScratchQueries {
    ScratchQueries {
        lock: format!(
            "SELECT 'x' AS text FROM (SELECT pg_catalog.pg_advisory_lock({KEY}, pg_catalog.hashtext('{name}'))) AS l"
        ),
        // the columns about the provider exist since 15; which one has its locale depends on the
        // version
        create: format!(
            "SELECT pg_catalog.format('CREATE DATABASE {name} TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L%s', \
             pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, CASE j.j->>'datlocprovider' \
             WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L', COALESCE(j.j->>'datlocale', j.j->>'daticulocale')) \
             WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', j.j->>'datlocale') \
             ELSE '' END) AS text \
             FROM pg_catalog.pg_database AS d, LATERAL (SELECT pg_catalog.to_jsonb(d) AS j) AS j \
             WHERE d.datname = pg_catalog.current_database()"
        ),
        prepare: Some(
            "SELECT pg_catalog.format('CREATE SCHEMA IF NOT EXISTS %I', pg_catalog.current_schema()) AS text \
             WHERE pg_catalog.current_schema() <> 'public'"
                .to_owned(),
        ),
        keep: format!("COMMENT ON DATABASE {name} IS '{KEPT}'"),
        // the locks of all databases are seen, so that one of a process that is connected to
        // another database counts
        left: format!(
            "SELECT CAST(d.datname AS text) AS text FROM pg_catalog.pg_database AS d \
             WHERE pg_catalog.left(CAST(d.datname AS text), {}) = '{SCRATCH_PREFIX}' \
             AND pg_catalog.shobj_description(d.oid, 'pg_database') IS DISTINCT FROM '{KEPT}' \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.locktype = 'advisory' AND l.objsubid = 2 \
             AND CAST(l.classid AS bigint) = {KEY} \
             AND CAST(l.objid AS bigint) = (CAST(pg_catalog.hashtext(CAST(d.datname AS text)) AS bigint) & 4294967295))",
            SCRATCH_PREFIX.len()
        ),
        grant: ("ALTER ROLE ", " CREATEDB"),
    }
}
