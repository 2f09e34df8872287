use migrate_core::prelude::*;

#[revision(id = , down_revision = None, irreversible)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
