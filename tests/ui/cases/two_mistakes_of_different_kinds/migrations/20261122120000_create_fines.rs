use migrate_core::prelude::*;

/// A revision.
#[revision(
    id = "20261122120000",
    down_revision = "lost",
    ireversible,
)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
