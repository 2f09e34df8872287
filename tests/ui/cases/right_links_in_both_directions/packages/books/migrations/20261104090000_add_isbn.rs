use migrate_core::prelude::*;

/// Add ISBN
#[revision(
    id = "20261104090000",
    down_revision = "20261103090000",
    depends_on = ["20261101090000"],
    irreversible,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("SELECT 1")
}
