use migrate_core::prelude::*;

/// A revision.
#[revision(
    id = "b",
    down_revision = "a",
    irreversible,
)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
