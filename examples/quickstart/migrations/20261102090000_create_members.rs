//! The people who borrow books.

use migrate_core::prelude::*;

/// Create members
#[revision(id = "20261102090000", down_revision = None, downgrade = downgrade)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(
        table("members")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("full_name", Text))
            .column(column("email", VarChar(120)))
            .column(column("joined_on", Date).default_sql("CURRENT_DATE"))
            .unique(["email"]),
    )
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.drop_table("members")
}
