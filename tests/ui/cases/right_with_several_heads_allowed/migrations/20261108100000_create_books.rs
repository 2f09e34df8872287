use migrate_core::prelude::*;

/// A revision.
#[revision(
    id = "20261108100000",
    down_revision = "20261101090000",
    irreversible,
)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
