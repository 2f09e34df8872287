//! The backends' suite: what every operation and the engine must do, written once and run on each
//! database. `backend::TestBackend` hides what differs.

#![expect(
    clippy::unwrap_used,
    reason = "a test's helper panics as the test does"
)]

#[cfg(feature = "servers")]
mod about;
mod adoption;
mod backend;
#[cfg(feature = "servers")]
mod batched;
mod diesel_harness;
mod document;
mod engine;
mod histories;
mod identity;
#[cfg(feature = "servers")]
mod ladder;
#[cfg(feature = "servers")]
mod mysql;
mod operations;
mod own_transactions;
#[cfg(feature = "servers")]
mod postgres;
mod probes;
mod schemas_compared;
#[cfg(feature = "servers")]
mod scratch;
mod scripts;
mod splitter;
mod sqlite;

/// Reports what this build leaves out: the same suite on the servers, and the tests specific to
/// them.
#[cfg(not(feature = "servers"))]
#[test]
#[ignore = "needs PostgreSQL, MariaDB and MySQL: tests/servers/with cargo test --workspace --features migrate-tests/servers"]
fn left_out_all_tests_on_servers() {
    panic!("built without the feature `servers`, this has no tests on servers to run");
}
