migrate_core::migrations!();

pub mod books;
