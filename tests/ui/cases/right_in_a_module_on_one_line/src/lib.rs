pub mod database { migrate_core::migrations!(); }
