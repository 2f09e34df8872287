use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None, irreversible)]
async fn upgrade(_op: &mut Operations<'_>) -> Result<()> {
    Ok(())
}
