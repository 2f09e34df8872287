//! `cargo migrate`: finds the project, reads revisions from source, edits files, builds and starts
//! the runner. Links no database driver; what needs a database runs in the runner.

mod arguments;
mod cli;
mod commands;
mod diagnostics;
mod error;
mod examples;
mod files;
mod fingerprint;
mod models;
mod past;
mod project;
mod runner;
mod selection;
mod source;
mod words;

fn main() -> std::process::ExitCode {
    cli::run(std::env::args_os().collect()).into()
}
