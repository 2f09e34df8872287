use migrate_core::prelude::*;

/// Create books
#[revision(
    id = "20261102090000",
    down_revision = "20261101090000",
    irreversible,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("SELECT 1")
}
