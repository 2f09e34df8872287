use migrate_core::prelude::*;

/// Create users
#[revision(id = "20261101090000", down_revision = None, reversible)]
fn upgrade(op: &mut Operations) -> Result<()> {
    op.create_table(table("users").column(column("id", Integer).primary_key()))
}
