//! `cargo migrate`.
mod files;
mod fingerprint;
mod project;
mod words;
fn main() {}
