//! A revision under test.

use migrate_core::prelude::*;

/// Create authors.
#[revision(id = "20261103090000", down_revision = "20261101090000", downgrade = downgrade)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("CREATE TABLE authors (id INTEGER)")
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.execute("DROP TABLE authors")
}
