//! The command line as a user has it: the built binary on throw-away projects. One file a topic,
//! one binary.

#![expect(
    clippy::unwrap_used,
    reason = "a test's helper panics as the test does"
)]

mod adopt_diesel;
mod answers;
mod authoring;
mod autogenerate;
mod bad_input;
mod building;
mod bundle;
mod check;
mod completing;
mod config;
mod containers;
mod conventions;
mod daily;
mod database_url;
mod edited;
mod example_workspace;
mod fast_path;
mod files;
mod flows;
mod importing;
mod ladder;
mod preparing;
mod schema;
mod sql_folders;
mod stop;
mod team;
mod together;
mod workspace;
