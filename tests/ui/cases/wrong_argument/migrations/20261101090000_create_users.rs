use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, irreversible)]
fn upgrade(_op: &mut String) -> Result<()> {
    Ok(())
}
