use migrate_core::prelude::*;

/// Create users
#[revision(
    id = "20261101090000",
    down_revision = None,
    irreversible,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("SELECT 1")
}
