use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, reversible, irreversible)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
