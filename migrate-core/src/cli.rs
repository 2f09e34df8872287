//! The commands over a history: what the runner of `cargo migrate` is made of, and what a program can offer under its own
//! name. Knows clap, the terminal's words and the environment's variables; knows no backend, so that `cargo migrate` can
//! share its arguments and its output without linking a driver.

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
