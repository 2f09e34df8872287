//! A revision under test.

use migrate_core::prelude::*;

/// Create authors.
#[revision(id = "20261103090000", down_revision = "202611020900000000", downgrade = downgrade)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.execute("CREATE TABLE authors_20261103090000 (id INTEGER)")
}

fn downgrade(op: &mut Operations) -> Result<()> {
    op.execute("DROP TABLE authors_20261103090000")
}
