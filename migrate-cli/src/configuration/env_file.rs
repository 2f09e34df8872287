//! The `.env` file: a project's variables. Never quotes it, for such files hold secrets.

use std::path::Path;

use super::origin::{Given, Origin, place};
use crate::error::CliError;

/// The variable of this name in the nearest `.env` file, from `directory` upward; with an empty
/// value only where no other line gives one.
///
/// A file that cannot be read as such is a failure only where it may hold the variable.
pub(super) fn find(directory: &Path, name: &str) -> Result<Option<Given>, CliError> {
    let Some(file) = directory
        .ancestors()
        .map(|folder| folder.join(".env"))
        .find(|file| file.is_file())
    else {
        return Ok(None);
    };
    let bytes = match std::fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) => return Err(broken(&file, "", dotenvy::Error::Io(error))),
    };
    if bytes.contains(&0) {
        return Err(not_utf8(&file));
    }
    let text = String::from_utf8_lossy(&bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if !text.contains(name) {
        return Ok(None);
    }
    let mut before = Vec::new();
    let mut empty = None;
    for entry in dotenvy::from_read_iter(text.as_bytes()) {
        let (key, value) = entry.map_err(|error| broken(&file, text, error))?;
        if key == name {
            // also of what is empty for it
            let (line, substituted) = substituted(&file, text, name, &before)?;
            if value.contains(char::REPLACEMENT_CHARACTER) {
                return Err(not_utf8(&file));
            }
            let is_empty = value.is_empty();
            let given = Given {
                value,
                origin: Origin::EnvFile {
                    name: name.to_owned(),
                    file: file.clone(),
                    line,
                    substituted,
                },
            };
            if !is_empty {
                return Ok(Some(given));
            }
            empty = empty.or(Some(given));
        }
        before.push(key);
    }
    Ok(empty)
}

/// The text after the `=` in a line that sets this variable.
fn raw<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    line.strip_prefix(name)?.trim_start().strip_prefix('=')
}

/// The help for a `$`.
const DOLLAR: &str =
    "put the value in single quotes, or write `\\$`, if the sign is meant; a variable is `${NAME}`";

/// The line of a variable after these, and whether its value holds that of another one; a failure
/// where there is none of that name, as in a password with a `$`.
fn substituted(
    file: &Path,
    text: &str,
    name: &str,
    before: &[String],
) -> Result<(Option<u32>, bool), CliError> {
    let earlier = before.iter().filter(|key| *key == name).count();
    let lines = text.lines().enumerate();
    let mut found = lines.filter_map(|(index, line)| Some((index, raw(line, name)?)));
    let Some((index, value)) = found.nth(earlier) else {
        return Ok((None, text.contains('$')));
    };
    let line = u32::try_from(index + 1).ok();
    let start = value.as_ptr().addr() - text.as_ptr().addr();
    let used = substitutions(text[start..].trim_start_matches([' ', '\t']));
    for Substitution { name: used, word } in &used {
        let is_set = |used: &String| std::env::var(used).is_ok() || before.contains(used);
        if !is_set(used) {
            let failure = CliError::usage(format!(
                "`{name}` in `{}` cannot be read: a `$` in it begins the name of a variable that is not set",
                place(file, line)
            ));
            // the rest may be part of a password, unless it is the name of a variable
            return Err(match is_set(word) {
                true => failure
                    .note("a name without braces ends at the first `_`")
                    .help(format!("write `${{{word}}}`")),
                false => failure.help(DOLLAR),
            });
        }
        // a `$` of a password may have been lost
        let earlier = before.iter().position(|key| key == used);
        if let Some(earlier) = earlier.filter(|_| std::env::var(used).is_err()) {
            substituted(file, text, used, &before[..earlier])?;
        }
    }
    Ok((line, !used.is_empty()))
}

/// A variable that a value refers to.
#[derive(Debug, PartialEq, Eq)]
struct Substitution {
    /// As `dotenvy` reads it: letters and digits, or all between braces.
    name: String,
    /// With each `_` that follows.
    word: String,
}

/// The variables that `dotenvy` puts into a value, which it does outside single quotes.
fn substitutions(text: &str) -> Vec<Substitution> {
    let mut found = Vec::new();
    let (mut single, mut double) = (false, false);
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '\'' if single || !double => single = !single,
            _ if single => {}
            '\\' => drop(rest.next()),
            '"' => double = !double,
            ' ' | '\t' | '\n' | '\r' if !double => break,
            '$' => {
                let after = rest.as_str();
                let until = |end: fn(char) -> bool| {
                    after[..after.find(end).unwrap_or(after.len())].to_owned()
                };
                let (name, word) = match after.strip_prefix('{') {
                    Some(block) => {
                        let name = block.split('}').next().unwrap_or(block).to_owned();
                        (name.clone(), name)
                    }
                    None => (
                        until(|c| !c.is_alphanumeric()),
                        until(|c| !c.is_alphanumeric() && c != '_'),
                    ),
                };
                // the character after a name without braces is literal
                rest = after[name.len()..].chars();
                if rest.as_str().starts_with(|c| c != '$') {
                    rest.next();
                }
                found.push(Substitution { name, word });
            }
            _ => {}
        }
    }
    found
}

fn not_utf8(file: &Path) -> CliError {
    CliError::usage(format!("cannot read `{}`: it is not UTF-8", file.display()))
        .help("save it as UTF-8; PowerShell's `>` writes UTF-16")
}

/// The failure for a file that cannot be read. Names the line but does not quote it.
fn broken(file: &Path, text: &str, error: dotenvy::Error) -> CliError {
    let line = match &error {
        dotenvy::Error::LineParse(wanted, _) => wanted
            .lines()
            .next()
            .map(str::trim)
            // of a mistake in a value, only the value
            .and_then(|wanted| {
                number(text, |line| {
                    let before = line.trim().strip_suffix(wanted);
                    before
                        .is_some_and(|before| before.is_empty() || before.trim_end().ends_with('='))
                })
            }),
        _ => None,
    };
    let reason = match error {
        dotenvy::Error::Io(error) => error.to_string(),
        _ => "expected `NAME=value`, with quotes around a value that has spaces or signs in it"
            .to_owned(),
    };
    let failure = CliError::usage(format!("cannot read `{}`: {reason}", place(file, line)));
    let index = line.and_then(|line| usize::try_from(line - 1).ok());
    let text = index.and_then(|index| text.lines().nth(index));
    if text.is_some_and(|text| text.contains('$')) {
        return failure
            .note("a `$` in it begins the name of a variable, and consumes the character after that name")
            .help(DOLLAR);
    }
    failure.help("fix the file, or give `--database-url URL`, which overrides it")
}

/// The number of the first line that is wanted.
fn number(text: &str, wanted: impl Fn(&str) -> bool) -> Option<u32> {
    let index = text.lines().position(wanted)?;
    u32::try_from(index + 1).ok()
}
