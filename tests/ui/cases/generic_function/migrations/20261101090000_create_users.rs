use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, irreversible)]
fn upgrade<T>(_op: &mut Operations) -> Result<()> {
    Ok(())
}
