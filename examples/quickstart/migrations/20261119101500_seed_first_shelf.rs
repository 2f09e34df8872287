//! The books that every new installation starts with.

use migrate_core::prelude::*;

/// Put the first books on the shelf
#[revision(
    id = "20261119101500",
    down_revision = "20261116140000",
    downgrade = downgrade
)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.bulk_insert(
        "authors",
        ["id", "name"],
        [(1, "Ursula K. Le Guin"), (2, "Stanisław Lem")],
    )?;
    op.bulk_insert(
        "books",
        ["author_id", "title", "copies"],
        [(1, "The Dispossessed", 2), (2, "Solaris", 1)],
    )
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.execute("DELETE FROM books WHERE title IN ('The Dispossessed', 'Solaris')")?;
    op.execute("DELETE FROM authors WHERE id IN (1, 2)")
}
