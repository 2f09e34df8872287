//! What customers owe. Its revisions begin after the first of `accounts`.

migrate_core::migrations!();
