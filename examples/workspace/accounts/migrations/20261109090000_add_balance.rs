//! A revision that needs the tables of a crate which knows nothing of it, nor it of that crate.

use migrate_core::prelude::*;

/// Keep each account's balance
#[revision(
    id = "20261109090000",
    down_revision = "20261105090000", // billing: create invoices
    downgrade = downgrade,
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.add_column("accounts", column("balance", Integer).default(0))?;
    op.execute(
        "UPDATE accounts SET balance = \
         (SELECT coalesce(sum(cents), 0) FROM invoices WHERE account_id = accounts.id)",
    )
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.drop_column("accounts", "balance")
}
