use migrate_core::prelude::*;

/// A revision.
#[revision(
    id = "20261101090000",
    down_revision = None,
    irreversible,
)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
