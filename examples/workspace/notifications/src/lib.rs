//! Notifications to customers. They need accounts and invoices, and declare that with a parent and
//! a dependency in two other crates.

pub mod schema;

migrate_core::migrations!();
