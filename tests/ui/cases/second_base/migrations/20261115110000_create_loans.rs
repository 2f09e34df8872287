use migrate_core::prelude::*;

/// A revision.
#[revision(
    id = "20261115110000",
    down_revision = None,
    irreversible,
)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
