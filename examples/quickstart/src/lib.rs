//! A small library service, migrated with `cargo migrate`: members, books, loans.
//!
//! `migrations/` holds one file for each revision; [`HISTORY`] is all of them, checked when this
//! crate is compiled. [`schema`] declares the tables that they lead to.

pub mod schema;

migrate_core::migrations!();
