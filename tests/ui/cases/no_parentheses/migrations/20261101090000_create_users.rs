use migrate_core::prelude::*;

#[revision]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
