use migrate_core::prelude::*;

/// A revision.
#[revision(
    id = "c",
    down_revision = "b",
    irreversible,
)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
