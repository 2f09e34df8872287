//! Rows for all tables of a database, for the project's own tests: whether seeds satisfy whatever
//! constraints there are.

use super::seeds::Field;
use super::sowing::Sown;
use crate::error::CliError;
use migrate_core::engine::backend::Session;
use migrate_core::schema::Schema;

/// What has become of the tables.
#[derive(Debug, Default)]
pub struct Seeded {
    /// How many have rows.
    pub tables: usize,
    /// The others, and why they have none.
    pub refused: Vec<(String, String)>,
}

/// Gives each table of a schema rows, in the database that it was read from.
///
/// # Errors
///
/// When the database fails otherwise than by refusing a row.
pub fn seed(session: &mut dyn Session, schema: &Schema, seed: u64) -> Result<Seeded, CliError> {
    let field = Field {
        schema,
        rules: session.backend(),
        seed,
        calm: false,
        whole: false,
        demands: &[],
    };
    let all: Vec<_> = schema
        .tables
        .iter()
        .map(|table| table.name.clone())
        .collect();
    let mut sown = Sown::default();
    sown.sow(session, field, &all)?;
    let refused = sown.refused();
    Ok(Seeded {
        tables: sown.len(),
        refused: refused
            .map(|(table, why)| (table.to_string(), why.to_owned()))
            .collect(),
    })
}
