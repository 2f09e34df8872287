//! The command line as a user has it: the built binary on throw-away projects. One file a topic, one binary.

mod bad_input;
mod daily;
mod fast_path;
mod files;
mod together;
