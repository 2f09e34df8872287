//! The shelf: authors, and the books they wrote.

use migrate_core::prelude::*;

/// Create authors and books
#[revision(
    id = "20261102091500",
    down_revision = "20261102090000",
    downgrade = downgrade
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(
        table("authors")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("name", Text)),
    )?;
    op.create_table(
        table("books")
            .column(column("id", Integer).primary_key().autoincrement())
            .column(column("author_id", Integer).references("authors", "id"))
            .column(column("title", Text))
            .column(column("copies", Integer).default(1))
            .check("copies >= 0"),
    )?;
    op.create_index(index("ix_books_author_id").on("books", ["author_id"]))
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.drop_index("ix_books_author_id").on("books")?;
    op.drop_table("books")?;
    op.drop_table("authors")
}
