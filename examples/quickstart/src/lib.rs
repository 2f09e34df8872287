//! A small library service, migrated with `cargo migrate`.
