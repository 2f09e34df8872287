use migrate_core::prelude::*;

/// Create books
#[revision(
    id = "20261108100000",
    down_revision = None,
    irreversible,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("SELECT 1")
}
