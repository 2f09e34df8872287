//! What customers owe. Its revisions begin after the first of `accounts`.

pub mod schema;

migrate_core::migrations!();
