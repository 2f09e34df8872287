migrate_core::migrations!("db");
