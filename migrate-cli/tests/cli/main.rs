//! The commands through the library's entry: a command line in; text, messages, JSON and exit code
//! out. On real SQLite files, without a process.
//!
//! The expected texts are inline. After a change of words,
//! `SNAPSHOTS=overwrite cargo test -p migrate-cli --test cli` rewrites them.

#![expect(clippy::unwrap_used, reason = "a test cannot continue without it")]

mod backup;
mod batches;
mod conditional;
mod config;
mod database;
mod dry_run;
mod environments;
mod graph;
mod histories;
mod journal;
mod json;
mod ladder;
mod ping;
mod reading;
mod reset;
mod resolve;
mod reversal;
mod running;
mod schema;
mod script;
mod standing;
mod support;
mod troubles;
mod usage;
