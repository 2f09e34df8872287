use migrate_core::prelude::*;

macro_rules! base {
    ($name:ident) => {
        #[revision(id = "a", down_revision = None, downgrade = $crate::down)]
        fn $name(_op: &mut Operations) -> Result<()> {
            Ok(())
        }
    };
}

base!(upgrade);
