migrate_core::migrations!();

pub static ALL: migrate_core::History = migrate_core::history!["migrations"];
