//! `cargo migrate`.
mod files;
mod fingerprint;
mod project;
mod runner;
mod words;
fn main() {}
