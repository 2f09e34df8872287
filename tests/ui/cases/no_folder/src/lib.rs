migrate_core::migrations!();
