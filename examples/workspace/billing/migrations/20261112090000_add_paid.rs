//! And back: after the balance in `accounts`.

use migrate_core::prelude::*;

/// Tell which invoices are paid
#[revision(
    id = "20261112090000",
    down_revision = "20261109090000", // accounts: keep each account's balance
    downgrade = downgrade,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.add_column("invoices", column("paid", Bool).default(false))
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.drop_column("invoices", "paid")
}
