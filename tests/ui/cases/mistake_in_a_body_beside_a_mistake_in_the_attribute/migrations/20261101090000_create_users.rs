use migrate_core::prelude::*;

#[revision(id = "a", down_revision = None)]
fn upgrade(op: &mut Operations) -> Result<()> {
    let count: u32 = "three";
    op.execute(format!("SELECT {count}"))
}
