//! The commands that need a database: the runner of `cargo migrate` is made of them, and a program can offer them under its own
//! name. Knows clap, the terminal and the environment's variables; links no database driver unless a feature asks for it, so that
//! `cargo migrate` shares its arguments and its output.
//!
//! ```no_run
//! use migrate_core::History;
//!
//! // declared by `migrate_core::migrations!()`
//! static HISTORY: History = History::new(&[]);
//!
//! fn main() -> std::process::ExitCode {
//!     migrate_cli::main(&HISTORY)
//! }
//! ```

pub mod args;
mod ask;
pub mod commands;
pub mod configuration;
mod context;
mod draw;
pub mod exit;
pub mod failure;
mod interrupt;
pub mod json;
pub mod listing;
mod mask;
mod progress;
pub mod report;
mod rows;
pub mod run;
pub mod screen;
mod style;
mod text;

pub use args::{FormatArgs, GlobalArgs};
pub use commands::Command;
pub use configuration::{Configuration, Surroundings};
pub use exit::Exit;
pub use failure::Failure;
pub use listing::Listing;
pub use report::Report;
pub use run::{Invocation, bundle, main, run};
pub use screen::Screen;

/// The name of the commands when `cargo migrate` runs them.
const CARGO_MIGRATE: &str = "cargo migrate";
