use migrate_core::prelude::*;

#[revision(id = "a", irreversible)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
