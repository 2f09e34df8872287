use migrate_core::prelude::*;

#[revision(id = ID, down_revision = None, irreversible)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}

const ID: &str = "a";
