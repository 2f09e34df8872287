//! `schema print`: diesel's `schema.rs`, printed, written or compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::exit::Exit;
use crate::json::Answer;
use crate::models::{self, Ground};
use crate::print::{self, PrintSchema};
use crate::states::{Found, Scratching, State, States};
use crate::ui::Ui;
use migrate_core::engine::backend::{BackendKind, Scope};

/// Print diesel's `schema.rs`, as `diesel print-schema` does
///
/// What is printed, and how, is set in `diesel.toml`; the keys are those of diesel's own command
/// line. A table without a primary key is left out, with a comment that says so.
#[derive(Args, Clone, Debug)]
pub struct PrintArgs {
    /// State to read: database, history, history@TARGET, a URL or a file; see `schema --help`
    /// [default: database, or history if none is configured]
    pub state: Option<String>,

    /// Print `migrate_core::table!` with all that the database has, instead of `diesel::table!`
    #[arg(long)]
    pub closed: bool,

    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Compare with the file of `-o`, or with those that `diesel.toml` names, and write nothing
    #[arg(long)]
    pub check: bool,

    /// The `diesel.toml` [default: that of DIESEL_CONFIG_FILE, or the nearest one upward]
    #[arg(long, value_name = "FILE")]
    pub config_file: Option<PathBuf>,

    /// Print this table of `diesel.toml` only: `default`, or KEY of `[print_schema.KEY]`
    #[arg(long, value_name = "KEY")]
    pub schema_key: Option<String>,

    /// Scratch databases.
    #[command(flatten)]
    pub scratching: Scratching,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Printed {
    /// The text.
    Text(String),
    /// The files that were written or are as they should be.
    Files(Vec<PathBuf>),
    /// The files that differ, with the first line that does.
    Differing(Vec<(PathBuf, String)>),
}

impl Answer for Printed {
    fn text(&self) -> String {
        let line = |path: &Path, more: &str| format!("{}{more}\n", path.display());
        match self {
            Printed::Text(text) => text.clone(),
            Printed::Files(files) => files.iter().map(|file| line(file, "")).collect(),
            Printed::Differing(files) => files
                .iter()
                .map(|(file, first)| line(file, &format!(": {first}")))
                .collect(),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Printed::Differing(_) => Exit::No,
            Printed::Text(_) | Printed::Files(_) => Exit::Done,
        }
    }

    fn is_to_be_run(&self) -> bool {
        // the text of a file stays as it is
        matches!(self, Printed::Text(_))
    }
}

/// Prints, writes or compares.
pub(in crate::commands) fn print(
    context: &Context<'_>,
    args: &PrintArgs,
    ui: &mut Ui<'_>,
) -> Result<Printed, CliError> {
    let config =
        print::diesel_toml(context.surroundings, args.config_file.as_deref())?.unwrap_or_default();
    let config = chosen(config, args.schema_key.as_deref())?;
    let mut states = States::new(context, &args.scratching, ui);
    let state = states.named_or_default(args.state.as_deref())?;
    let mut whole = String::new();
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for config in config.values() {
        let text = text(&mut states, &state, config, args.closed)?;
        whole += &text;
        if let Some(file) = &config.file {
            files.entry(file.clone()).or_default().push_str(&text);
        }
    }
    if let Some(file) = &args.output {
        let file = context.surroundings.directory.join(file);
        files = BTreeMap::from([(file, whole.clone())]);
    }
    match (args.check, args.output.is_some()) {
        (true, _) if files.is_empty() => Err(CliError::usage("there is no file to compare with")
            .help("name it with `-o FILE`, or in `diesel.toml` as `file` of `[print_schema]`")),
        (true, _) => compared(files),
        (false, true) => {
            for (file, text) in &files {
                write(file, text)?;
            }
            Ok(Printed::Files(files.into_keys().collect()))
        }
        (false, false) => Ok(Printed::Text(whole)),
    }
}

/// Writes the files that `diesel.toml` names, after the schema of the database changed. What goes
/// wrong is a message: the run itself succeeded.
pub(crate) fn follow(context: &Context<'_>, ui: &mut Ui<'_>) {
    if let Err(failure) = write_all(context, ui) {
        ui.say(&format!(
            "warning: `schema.rs` was not written: {}",
            failure.message
        ));
    }
}

fn write_all(context: &Context<'_>, ui: &mut Ui<'_>) -> Result<(), CliError> {
    let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
    for config in print::diesel_toml(context.surroundings, None)?
        .unwrap_or_default()
        .values()
    {
        let Some(file) = &config.file else {
            continue;
        };
        let none = Scratching::default();
        let mut states = States::new(context, &none, ui);
        let text = text(&mut states, &State::Database, config, false)?;
        files.entry(file.clone()).or_default().push_str(&text);
    }
    for (file, text) in files {
        let there = fs::read_to_string(&file).unwrap_or_default();
        if there == text {
            continue;
        }
        let shown = file.strip_prefix(&context.surroundings.directory);
        let shown = shown.unwrap_or(&file).display().to_string();
        if print::declares_models(&there) {
            ui.say(&format!(
                "`{shown}` was not written: it declares models. Take `file` out of `diesel.toml`"
            ));
            continue;
        }
        write(&file, &text)?;
        ui.say(&format!("wrote `{shown}`"));
    }
    Ok(())
}

/// The text for one table of `diesel.toml`.
fn text(
    states: &mut States<'_, '_, '_>,
    state: &State,
    config: &PrintSchema,
    closed: bool,
) -> Result<String, CliError> {
    states.scope = match &config.schema {
        Some(schema) => Scope::of(vec![schema.clone()]),
        None => Scope::current(),
    };
    let Found { kind, schema } = states.get(state)?;
    if kind == BackendKind::Sqlite && config.schema.is_some() {
        return Err(
            CliError::usage("SQLite has no schemas").help("leave `schema` out of `diesel.toml`")
        );
    }
    let default = match (kind, states.context.url()?) {
        (BackendKind::Mysql | BackendKind::Mariadb, Some(url)) => {
            let url = url.to_string();
            let name = url.rsplit('/').next().unwrap_or_default();
            name.split('?').next().unwrap_or_default().to_owned()
        }
        _ => "public".to_owned(),
    };
    if closed {
        let names = states.names()?;
        let ground = Ground {
            kind,
            before: &schema,
            config,
            current: &default,
            renames: &[],
            drops: &[],
            only: &[],
            keeps: false,
            names: &names,
            docs: false,
        };
        let (text, unsaid) = models::closed(ground, "migrate_core");
        for what in unsaid {
            states.ui.say(&format!("note: models cannot say {what}"));
        }
        return Ok(print::formatted(text));
    }
    let plain = print::plain(&schema, kind, config, &default);
    print::patched(print::formatted(plain), config).map_err(CliError::usage)
}

fn chosen(
    mut all: BTreeMap<String, PrintSchema>,
    key: Option<&str>,
) -> Result<BTreeMap<String, PrintSchema>, CliError> {
    if all.is_empty() {
        all.insert("default".to_owned(), PrintSchema::default());
    }
    let Some(key) = key else {
        return Ok(all);
    };
    match all.remove_entry(key) {
        Some(entry) => Ok(BTreeMap::from([entry])),
        None => {
            let keys: Vec<String> = all.keys().map(|key| format!("`{key}`")).collect();
            Err(CliError::usage(format!("`diesel.toml` has no `{key}`"))
                .help(format!("it has {}", keys.join(", "))))
        }
    }
}

fn compared(files: BTreeMap<PathBuf, String>) -> Result<Printed, CliError> {
    let mut differing = Vec::new();
    let mut same = Vec::new();
    for (file, text) in files {
        let there = match fs::read_to_string(&file) {
            Ok(there) => there,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(print::of_file("read", &file, &error.to_string())),
        };
        match first_difference(&there, &text) {
            Some(first) => differing.push((file, first)),
            None => same.push(file),
        }
    }
    Ok(match differing.is_empty() {
        true => Printed::Files(same),
        false => Printed::Differing(differing),
    })
}

/// The first line that differs; ends of lines do not count.
fn first_difference(there: &str, wanted: &str) -> Option<String> {
    let (mut there, mut wanted) = (there.lines(), wanted.lines());
    (1..).find_map(|number| {
        let said = |line: &str| line.trim().to_owned();
        match (there.next(), wanted.next()) {
            (None, None) => Some(None),
            (Some(is), Some(should)) if is == should => None,
            (Some(is), Some(should)) => Some(Some(format!(
                "line {number} is `{}` and should be `{}`",
                said(is),
                said(should)
            ))),
            (Some(is), None) => Some(Some(format!("line {number} is too many: `{}`", said(is)))),
            (None, Some(should)) => Some(Some(format!(
                "line {number} is missing: `{}`",
                said(should)
            ))),
        }
    })?
}

fn write(file: &Path, text: &str) -> Result<(), CliError> {
    let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| fs::write(file, text));
    written.map_err(|error| print::of_file("write", file, &error.to_string()))
}
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\r\nb\n", "a\nb"), None);
        for (there, wanted, said) in [
            ("a\nb", "a\nc", "line 2 is `b` and should be `c`"),
            ("a\nb", "a", "line 2 is too many: `b`"),
            ("", "a", "line 1 is missing: `a`"),
        ] {
            assert_eq!(first_difference(there, wanted).as_deref(), Some(said));
        }
    }
}
