use migrate_core::prelude::*;

type Result<T> = std::result::Result<T, String>;

/// A revision whose `Result` is not the prelude's.
#[revision(
    id = "20261101090001",
    down_revision = "20261101090000",
    downgrade = downgrade,
)]
fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    op.create_table(table("plain").column(column("id", Integer)))
        .map_err(|error| error.to_string())
}

fn downgrade(op: &mut Operations<'_>) -> Result<()> {
    op.drop_table("plain").map_err(|error| error.to_string())
}
