//! Who the customers are: the part of the history that all others stand on. Knows no other crate,
//! and its second revision comes after one of `billing` all the same.

pub mod schema;

migrate_core::migrations!();
