//! The backends' suite: what every operation and the engine must do, written once and run on each
//! database. What a database shows of itself is behind `backend::TestBackend`.

mod backend;
mod diesel_harness;
mod engine;
mod histories;
mod operations;
mod quoting;
mod sqlite;
