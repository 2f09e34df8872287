use migrate_core::prelude::*;

/// Create books
#[revision(
    id = "20261108100000",
    down_revision = "20261101090000",
    depends_on = ["20261101090001"],
    irreversible,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("SELECT 1")
}
