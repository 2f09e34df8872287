use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, id = "b", irreversible)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
