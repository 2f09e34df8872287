use migrate_core::prelude::*;

pub fn outer() {
    #[revision(id = "a", down_revision = None, irreversible)]
    fn upgrade(_op: &mut Operations) -> Result<()> {
        Ok(())
    }
}
