use migrate_core::prelude::*;

#[revision(
    id = "20261101090000",
    down_revision = None,
    irreversible,
    lossy = ["users.note", "a.b.c: moved", "users: copied before"],
)]
fn upgrade(_op: &mut Operations) -> Result<()> {
    Ok(())
}
