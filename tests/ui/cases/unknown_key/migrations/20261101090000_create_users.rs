use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, irreversible, author = "me")]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
