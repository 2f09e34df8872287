//! `completions`: a script that completes commands in a shell.

use clap::{Args, Command};
use clap_complete::Shell;

/// Print a script that completes `cargo migrate` in a shell
#[derive(Args, Clone, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Returns the script for the command line `command`.
pub(crate) fn completions(args: &CompletionsArgs, command: Command) -> String {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut command.bin_name("cargo-migrate"),
        "cargo-migrate",
        &mut script,
    );
    String::from_utf8_lossy(&script).into_owned()
}
