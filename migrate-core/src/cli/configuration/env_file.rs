//! The `.env` file: variables that stand beside a project. Never quotes it, for such files hold secrets.

use std::path::{Path, PathBuf};

use super::origin::{Given, Origin, place};
use crate::cli::failure::Failure;

/// The variable of this name in the nearest `.env` file, from `directory` upward; an empty one counts as none.
///
/// A file that cannot be read as such is a failure only where it may hold the variable.
pub(super) fn find(directory: &Path, name: &str) -> Result<Option<Given>, Failure> {
    let Some(file) = directory
        .ancestors()
        .map(|folder| folder.join(".env"))
        .find(|file| file.is_file())
    else {
        return Ok(None);
    };
    let text = match std::fs::read(&file) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => return Err(broken(&file, "", dotenvy::Error::Io(error))),
    };
    if !text.contains(name) {
        return Ok(None);
    }
    for entry in dotenvy::from_read_iter(text.as_bytes()) {
        let (key, value) = entry.map_err(|error| broken(&file, &text, error))?;
        if key == name && !value.is_empty() {
            return Ok(Some(given(name, value, file, &text)));
        }
    }
    Ok(None)
}

fn given(name: &str, value: String, file: PathBuf, text: &str) -> Given {
    let is_it = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        line.strip_prefix(name)
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let line = number(text, is_it);
    Given {
        value,
        origin: Origin::EnvFile {
            name: name.to_owned(),
            file,
            line,
        },
    }
}

/// The failure for a file that cannot be read. Names the line but does not quote it.
fn broken(file: &Path, text: &str, error: dotenvy::Error) -> Failure {
    let line = match &error {
        dotenvy::Error::LineParse(wanted, _) => wanted
            .lines()
            .next()
            .and_then(|wanted| number(text, |line| line.trim() == wanted.trim())),
        _ => None,
    };
    let reason = match error {
        dotenvy::Error::Io(error) => error.to_string(),
        _ => "expected `NAME=value`, with quotes around a value that has spaces or signs in it"
            .to_owned(),
    };
    Failure::usage(format!("cannot read `{}`: {reason}", place(file, line))).help(
        "mend the file, or give `--database-url URL`, with which it is not asked for the database",
    )
}

/// The number of the first line that is wanted.
fn number(text: &str, wanted: impl Fn(&str) -> bool) -> Option<u32> {
    let index = text.lines().position(wanted)?;
    u32::try_from(index + 1).ok()
}
