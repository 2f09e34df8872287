//! A column that may not be empty, where there are rows already; and an index.

use migrate_core::prelude::*;

/// Give principles a strength
#[revision(id = "20260902000000", down_revision = "20260901000000", reversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.add_column("principles", column("strength", Integer).default(1))?;
    op.create_index(index("ix_principles_strength").on("principles", ["strength"]))
}
