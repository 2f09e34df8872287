migrate_core::migrations!();

pub use migrations::{_2025_create, _2026_create, _2026_more_fn, _2026_more_fn_};

const _: () = assert!(migrations::__REVISIONS.len() == 4);
