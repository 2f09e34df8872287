use migrate::prelude::*;

/// Create users
#[revision(
    id = "20261101090000",
    down_revision = None,
    downgrade = downgrade,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("SELECT 1")
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.execute("SELECT 2")
}
