//! What customers are told. It needs accounts and invoices, and says so with a parent and a dependency in two other crates.

migrate_core::migrations!();
