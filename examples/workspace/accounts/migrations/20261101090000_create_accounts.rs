//! Where the history of the workspace begins.

use migrate_core::prelude::*;

/// Create accounts
#[revision(id = "20261101090000", down_revision = None, reversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(
        table("accounts")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("email", VarChar(320)).unique())
            .column(column("name", Text)),
    )
}
