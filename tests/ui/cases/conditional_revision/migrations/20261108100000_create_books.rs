/// A revision.
#[cfg(target_os = "none")]
#[migrate_core::revision(
    id = "20261108100000",
    down_revision = "20261101090000",
    irreversible,
)]
fn upgrade(_op: &mut migrate_core::Operations) -> migrate_core::Result<()> {
    Ok(())
}
