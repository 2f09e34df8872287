//! The backends' suite: what every operation and the engine must do, written once and run on each
//! database. What a database shows of itself is behind `backend::TestBackend`.

#![expect(
    clippy::unwrap_used,
    reason = "a test's helper panics as the test does"
)]

mod backend;
mod diesel_harness;
mod engine;
mod histories;
#[cfg(feature = "servers")]
mod mysql;
mod operations;
#[cfg(feature = "servers")]
mod postgres;
mod scripts;
mod sqlite;
