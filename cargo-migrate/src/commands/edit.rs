//! `edit`: opens a revision's file in the user's editor.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use clap::Args;
use migrate_core::cli::Failure;
use migrate_graph::{Target, target};

use crate::source::History;

/// Open a revision's file in an editor
///
/// The editor is the one that VISUAL or EDITOR names.
#[derive(Args, Clone, Debug)]
pub(crate) struct EditArgs {
    /// A revision's id or a unique prefix of it, or `head`
    #[arg(
        value_name = "REVISION",
        default_value = "head",
        allow_negative_numbers = true
    )]
    target: String,
}

/// Opens the file and waits for the editor.
pub(crate) fn edit(args: &EditArgs, history: &History) -> Result<(), Failure> {
    let graph = history.graph();
    let nodes = args
        .target
        .parse::<Target>()
        .and_then(|target| target::resolve(graph, &target))?;
    let [node] = nodes[..] else {
        return Err(
            Failure::usage(format!("`{}` names no single revision", args.target))
                .help("cargo migrate edit head"),
        );
    };
    let editor = ["VISUAL", "EDITOR"]
        .into_iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.trim().is_empty()));
    let Some(editor) = editor else {
        return Err(Failure::usage("no editor is known").help("EDITOR=vi cargo migrate edit"));
    };
    let (path, line) = history.place(node);
    // variables such as `code --wait` hold arguments too
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let status = Command::new(program)
        .args(words)
        .args(position(program, line))
        .arg(&path)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::usage(format!(
            "the editor `{editor}` failed: {status}"
        ))),
        Err(error) => Err(Failure::usage(format!(
            "the editor `{editor}` cannot be started: {error}"
        ))
        .help("set VISUAL or EDITOR to the name of a program")),
    }
}

/// How an editor that is known to can be told the line.
fn position(program: &str, line: u32) -> Option<OsString> {
    const TAKE_PLUS: [&str; 10] = [
        "vi",
        "vim",
        "nvim",
        "gvim",
        "view",
        "nano",
        "emacs",
        "emacsclient",
        "kak",
        "micro",
    ];
    let name = Path::new(program).file_stem()?.to_str()?;
    TAKE_PLUS.contains(&name).then(|| format!("+{line}").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_editors_are_told_the_line() {
        assert_eq!(position("/usr/bin/vim", 7), Some("+7".into()));
        assert_eq!(position("code", 7), None);
    }
}
