//! The first revision of this crate, after one of `accounts`.

use migrate_core::prelude::*;

/// Create invoices
#[revision(
    id = "20261105090000",
    down_revision = "20261101090000", // accounts: create accounts
    reversible
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(
        table("invoices")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("account_id", Integer).references("accounts", "id"))
            .column(column("cents", Integer)),
    )?;
    op.create_index(index("ix_invoices_account_id").on("invoices", ["account_id"]))
}
