use migrate_core::prelude::*;

/// A revision.
#[revision(
    id = "d",
    down_revision = "c",
    irreversible,
)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
