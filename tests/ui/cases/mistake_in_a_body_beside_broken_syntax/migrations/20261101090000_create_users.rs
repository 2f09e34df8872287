use migrate_core::prelude::*;

#[revision(id = "a" = , "b" [])]
fn upgrade(_op: &mut Operations) -> Result<()> {
    let _count: u32 = "three";
    Ok(())
}
