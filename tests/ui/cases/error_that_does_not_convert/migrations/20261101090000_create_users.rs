use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, irreversible)]
fn upgrade(_op: &mut Operations) -> Result<(), u8> {
    Ok(())
}
