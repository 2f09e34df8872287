pub static ALL: migrate_core::History = migrate_core::history![users::migrations, books::migrations];
