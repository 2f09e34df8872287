//! What the inspectors of all databases share: which schemas are read, and what is left out.

use crate::journal;

/// What an inspection reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scope {
    /// The schemas, or on MySQL and MariaDB the databases. If there are none, the current one,
    /// whose objects have unqualified names.
    pub schemas: Vec<String>,
    /// Whether the same session reads it again: it keeps what it planned, where that helps.
    pub again: bool,
}

impl Scope {
    /// The current schema.
    #[must_use]
    pub fn current() -> Scope {
        Scope::default()
    }

    /// These schemas.
    #[must_use]
    pub fn of(schemas: Vec<String>) -> Scope {
        Scope {
            schemas,
            ..Scope::default()
        }
    }

    /// The same, on a session that reads it again.
    #[must_use]
    pub fn again(self) -> Scope {
        Scope {
            again: true,
            ..self
        }
    }
}

/// Tables that are never part of a schema: the bookkeeping of this and other migration tools, and
/// the tables of PostGIS and SpatiaLite.
const EXCLUDED: &[&str] = &[
    journal::VERSION_TABLE,
    journal::TABLE,
    "spatial_ref_sys",
    "geometry_columns",
    "alembic_version",
    "_sqlx_migrations",
    "seaql_migrations",
    "refinery_schema_history",
    "schema_migrations",
    "django_migrations",
    "_prisma_migrations",
    "atlas_schema_revisions",
];

/// Whether a table is left out of every schema, with its indexes and sequences.
#[must_use]
pub fn is_excluded(table: &str) -> bool {
    table.starts_with("__") || EXCLUDED.contains(&table)
}
