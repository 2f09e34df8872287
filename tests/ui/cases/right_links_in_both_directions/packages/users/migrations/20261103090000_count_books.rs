use migrate_core::prelude::*;

/// Count the books of users
#[revision(
    id = "20261103090000",
    down_revision = "20261102090000",
    irreversible,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("SELECT 1")
}
