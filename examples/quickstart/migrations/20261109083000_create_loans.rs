//! Who has which book.

use migrate_core::prelude::*;

/// Create loans
#[revision(
    id = "20261109083000",
    down_revision = "20261102091500",
    reversible
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(
        table("loans")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("book_id", Integer).references("books", "id"))
            .column(
                column("member_id", Integer)
                    .references("members", "id")
                    .on_delete(Cascade),
            )
            .column(column("due_on", Date))
            .column(column("returned_on", Date).nullable()),
    )?;
    op.create_index(
        index("ix_loans_open")
            .on("loans", ["member_id", "due_on"])
            .filter("returned_on IS NULL"),
    )
}
