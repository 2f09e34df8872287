//! `edit`: opens a revision's file in the user's editor.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use migrate_cli::CliError;
use migrate_graph::{Target, target};

use crate::project;
use crate::source::{History, Unsound};

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
pub(crate) fn edit(args: &EditArgs, history: &History) -> Result<(), CliError> {
    let graph = history.graph();
    let nodes = args
        .target
        .parse::<Target>()
        .and_then(|target| target::resolve(graph, &target))?;
    let [node] = nodes[..] else {
        return Err(
            CliError::usage(format!("`{}` does not name a single revision", args.target))
                .help("cargo migrate edit head"),
        );
    };
    let (path, line) = history.place(node);
    open(&path, line)
}

/// The same in an invalid history: by an id or a unique prefix of one, or by a part of the file's
/// name.
pub(crate) fn edit_unsound(args: &EditArgs, unsound: &Unsound) -> Result<(), CliError> {
    let target = match (args.target.as_str(), &unsound.heads[..]) {
        ("head", [head]) => head,
        (target, _) => target,
    };
    let revisions = || {
        let all = unsound.files.iter();
        all.flat_map(|(path, ids)| ids.iter().map(move |(id, line)| (path, id, *line)))
    };
    let exact = revisions().filter(|(_, id, _)| *id == target);
    let mut found: Vec<(&PathBuf, u32)> = exact.map(|(path, _, line)| (path, line)).collect();
    if found.is_empty() {
        let begun = revisions().filter(|(_, id, _)| id.starts_with(target));
        found = begun.map(|(path, _, line)| (path, line)).collect();
    }
    if found.is_empty() {
        let named = unsound.files.iter().filter(|(path, _)| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.contains(target)
        });
        found = named.map(|(path, _)| (path, 1)).collect();
    }
    match found[..] {
        [(path, line)] => open(path, line),
        _ => {
            let names: Vec<String> = found
                .iter()
                .map(|(path, line)| format!("`{}:{line}`", project::display(path)))
                .collect();
            let failure = CliError::usage(format!(
                "`{target}` does not name a single file of an invalid history"
            ));
            Err(match names.is_empty() {
                true => failure,
                false => failure.note(format!("it could be {}", names.join(", "))),
            }
            .help("name an id, or a part of the file's name"))
        }
    }
}

/// Opens a file at a line, and waits for the editor.
fn open(path: &Path, line: u32) -> Result<(), CliError> {
    let editor = ["VISUAL", "EDITOR"]
        .into_iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.trim().is_empty()));
    let Some(editor) = editor else {
        return Err(CliError::usage("no editor is known").help("EDITOR=vi cargo migrate edit"));
    };
    // variables such as `code --wait` hold arguments too
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let status = Command::new(program)
        .args(words)
        .args(position(program, line))
        .arg(path)
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(CliError::usage(format!(
            "the editor `{editor}` failed: {status}"
        ))),
        Err(error) => Err(CliError::usage(format!(
            "the editor `{editor}` cannot be started: {error}"
        ))
        .help("set VISUAL or EDITOR to the name of a program")),
    }
}

/// The argument that opens a known editor at a line.
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
    fn only_known_editors_get_the_line() {
        assert_eq!(position("/usr/bin/vim", 7), Some("+7".into()));
        assert_eq!(position("code", 7), None);
    }
}
