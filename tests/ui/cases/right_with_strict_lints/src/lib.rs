#![deny(missing_docs, unreachable_pub, unused, rust_2018_idioms, unused_qualifications, unsafe_code)]
#![forbid(non_upper_case_globals)]
//! Everything that may be denied.
migrate_core::migrations!();
