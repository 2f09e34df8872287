//! The only revision of this crate so far.

use migrate_core::prelude::*;

/// Create notifications
#[revision(
    id = "20261116090000",
    down_revision = "20261112090000", // billing: tell which invoices are paid
    depends_on = ["20261109090000"],  // accounts: keep each account's balance
    reversible
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(
        table("notifications")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("account_id", Integer).references("accounts", "id"))
            .column(
                column("invoice_id", Integer)
                    .references("invoices", "id")
                    .nullable(),
            )
            .column(column("text", Text)),
    )
}
