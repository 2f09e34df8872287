//! What no comparison of two schemas can tell from a column that went and another that came.

use migrate_core::prelude::*;

/// Rename scenarios.txt to text
#[revision(id = "20260903000000", down_revision = "20260902000000", reversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.rename_column("scenarios", "txt", "text")
}
