//! The commands that need a database: the runner of `cargo migrate` is made of them, and a program
//! can offer them under its own name. Knows clap, the terminal and the environment's variables;
//! links no database driver unless a feature asks for it, so that `cargo migrate` shares its
//! arguments and its output.
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
mod clock;
pub mod commands;
pub mod configuration;
mod context;
mod draw;
pub mod error;
pub mod exit;
pub mod help;
mod interrupt;
pub mod json;
#[doc(hidden)]
pub mod ladder;
pub mod listing;
#[doc(hidden)]
pub mod models;
mod print;
mod progress;
mod progress_bar;
mod redact;
mod reversal;
pub mod run;
pub mod screen;
mod states;
mod style;
mod text;
pub mod ui;
mod words;

pub use args::{FormatArgs, GlobalArgs};
pub use commands::Command;
pub use configuration::{Configuration, Surroundings};
pub use error::CliError;
pub use exit::Exit;
pub use ladder::AtRevision;
#[doc(hidden)]
pub use ladder::{Past, names_revision};
pub use listing::Listing;
pub use print::declares_models;
pub use run::{Invocation, bundle, bundle_with, main, run};
pub use screen::Screen;
pub use states::PassedModels;
pub use ui::Ui;

/// The name of the commands when `cargo migrate` runs them.
const CARGO_MIGRATE: &str = "cargo migrate";
