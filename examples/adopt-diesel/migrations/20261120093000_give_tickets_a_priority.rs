//! The first revision in Rust: it continues diesel's last folder by its version.

use migrate_core::prelude::*;

/// Give tickets a priority.
#[revision(
    id = "20261120093000",
    down_revision = "202301090800000000",
    downgrade = downgrade,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.add_column("tickets", column("priority", Integer).default(0))?;
    op.execute("UPDATE tickets SET priority = 1 WHERE lower(title) LIKE '%urgent%'")
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.drop_column("tickets", "priority")
}
