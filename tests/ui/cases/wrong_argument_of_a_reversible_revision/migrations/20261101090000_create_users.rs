use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, reversible)]
fn upgrade(_op: &mut String) -> Result<()> {
    Ok(())
}
