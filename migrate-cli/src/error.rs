//! What stopped a command: the message, notes, what can be typed, and the exit code. Text and JSON
//! are both made from it. Knows no error type of the engine; `from` turns those into this.

mod from;

use migrate_graph::{Advice, Help};
use serde::Serialize;
use serde_json::{Map, Value};

use super::CARGO_MIGRATE;
use super::exit::Exit;

/// A command's failure, ready to be shown.
///
/// ```
/// use migrate_cli::{CliError, Exit};
///
/// let failure = CliError::usage("no database was given").help("cargo migrate up --database-url app.db");
/// assert_eq!(failure.exit, Exit::Usage);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CliError {
    /// The exit code.
    pub exit: Exit,
    /// A lower-case phrase without a full stop; further lines are the facts.
    pub message: String,
    /// Further facts, one line each.
    pub notes: Vec<String>,
    /// What can be typed to continue.
    pub help: Option<Help>,
    /// The facts by name, for programs: keys next to the message in JSON.
    pub facts: Map<String, Value>,
}

impl CliError {
    /// A failure that ends in `exit`.
    pub fn new(exit: Exit, message: impl Into<String>) -> CliError {
        CliError {
            exit,
            message: message.into(),
            notes: Vec::new(),
            help: None,
            facts: Map::new(),
        }
    }

    /// A failure of the command line, the configuration, or the database that they name.
    pub fn usage(message: impl Into<String>) -> CliError {
        CliError::new(Exit::Usage, message)
    }

    /// Adds a `note:` line.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> CliError {
        self.notes.push(note.into());
        self
    }

    /// Adds `note:` lines.
    #[must_use]
    pub fn notes(mut self, notes: impl IntoIterator<Item = String>) -> CliError {
        self.notes.extend(notes);
        self
    }

    /// Sets the `help:` line.
    #[must_use]
    pub fn help(mut self, help: impl Into<Help>) -> CliError {
        self.help = Some(help.into());
        self
    }

    /// Adds the command to run after the cause is fixed to the help.
    #[must_use]
    pub(super) fn continued_by(self, command: Advice) -> CliError {
        let help = match self.help.clone() {
            Some(help) => help + "; then run `",
            None => Help::from("fix the revision, then run `"),
        };
        self.fact("continue", command.typed(CARGO_MIGRATE))
            .help(help + command + "`")
    }

    /// Adds a fact under its JSON key.
    #[must_use]
    pub fn fact(mut self, key: &str, value: impl Into<Value>) -> CliError {
        self.facts.insert(key.to_owned(), value.into());
        self
    }
}

/// The object under `error`, as [`super::json`] documents it.
impl Serialize for CliError {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Error<'a> {
            kind: &'static str,
            exit_code: u8,
            message: &'a str,
            notes: &'a [String],
            help: Option<String>,
            #[serde(flatten)]
            facts: &'a Map<String, Value>,
        }
        Error {
            kind: self.exit.kind(),
            exit_code: self.exit.code(),
            message: &self.message,
            notes: &self.notes,
            help: self.help.as_ref().map(|help| help.typed(CARGO_MIGRATE)),
            facts: &self.facts,
        }
        .serialize(serializer)
    }
}
