use migrate_core::prelude::*;

/// A revision.
#[revision(
    id = "a",
    down_revision = None,
    irreversible,
)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
