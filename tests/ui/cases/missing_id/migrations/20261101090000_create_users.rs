use migrate_core::prelude::*;

#[revision(down_revision = None, irreversible)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
