use std::io::Result;

use migrate_core::prelude::*;

/// A revision whose function returns a library's `Result`.
#[revision(
    id = "20261101090002",
    down_revision = "20261101090001",
    irreversible,
)]
fn upgrade(op: &mut Operations<'_>) -> Result<()> {
    op.drop_table("plain").map_err(std::io::Error::other)
}
