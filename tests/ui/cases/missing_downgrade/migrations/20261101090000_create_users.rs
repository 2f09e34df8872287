use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
