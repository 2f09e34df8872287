use migrate_core::prelude::*;

#[revision(id = "a", down_revision = [], irreversible)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
