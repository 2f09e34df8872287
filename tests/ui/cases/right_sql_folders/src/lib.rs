//! A crate with SQL folders.

migrate_core::migrations!();

const _: () = assert!(migrations::__REVISIONS.len() == 4);
