use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, downgrade = downgrade)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}

fn downgrade(_op: &Operations) -> Result<()> {
    Ok(())
}
