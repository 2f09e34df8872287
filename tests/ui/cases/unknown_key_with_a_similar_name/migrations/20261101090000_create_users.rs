use migrate_core::prelude::*;

#[revision(id = "a", down_revison = None, irreversible)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
