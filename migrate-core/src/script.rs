//! A run as an SQL script that a person can read and a server's own client can run. Data and its
//! text; the migrator decides which revisions are in it, and the backends write the statements of
//! an operation.

use std::borrow::Cow;
use std::fmt;

use migrate_graph::Direction;
use migrate_graph::plan::Warning;

use crate::dialect::BackendKind;
use crate::sql::{Dialect, scan, tokens};

/// The SQL of a run, for a database that is not connected. Its `Display` is the script.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Script {
    /// The kind of database.
    pub backend: BackendKind,
    /// What it does, such as `upgrade to 20261121093000`.
    pub purpose: String,
    /// The state that the database must have before it: none for an empty one.
    pub before: Vec<String>,
    /// The state of the database after it.
    pub after: Vec<String>,
    /// The settings at its beginning: those of the connections that a run opens.
    pub settings: Vec<String>,
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// Warnings about the target.
    pub warnings: Vec<Warning>,
}

/// A part of a script: the version table, one revision, or the records of a stamp.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The subject of the part.
    pub subject: Subject,
    /// Whether it runs in a transaction.
    pub transaction: bool,
    /// Its statements, as they are sent to a database; those of an SQL file are parts of its text.
    pub statements: Vec<Cow<'static, str>>,
}

/// The subject of a part of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Creates the version table.
    VersionTable,
    /// Applies or reverts a revision, and records that.
    Revision {
        /// Its id.
        id: String,
        /// Whether it is applied or reverted.
        direction: Direction,
        /// Its message.
        message: String,
        /// The file and line that it is in.
        place: String,
    },
    /// Records revisions as applied, or as not applied.
    Stamp,
    /// Restores the settings of the session that the revision before it may have changed.
    Settings,
    /// Changes settings for the revision after it, which SQLite would not change in a transaction.
    SettingsAhead,
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dialect = Dialect::of(self.backend);
        self.header(f, dialect)?;
        let revisions = self.parts.iter().filter(|part| part.number()).count();
        let mut number = 0;
        for part in &self.parts {
            number += usize::from(part.number());
            writeln!(f)?;
            part.title(f, number, revisions)?;
            part.body(f, dialect)?;
        }
        Ok(())
    }
}

impl Script {
    fn header(&self, f: &mut fmt::Formatter<'_>, dialect: &Dialect) -> fmt::Result {
        let name = self.backend.name();
        comment(f, &format!("{name}: {}", self.purpose))?;
        match self.before.is_empty() {
            true => comment(f, "The database before: nothing applied")?,
            false => comment(
                f,
                &format!("The database before: {}", self.before.join(", ")),
            )?,
        }
        match self.after.is_empty() {
            true => comment(f, "The database after: nothing applied")?,
            false => comment(f, &format!("The database after: {}", self.after.join(", ")))?,
        }
        let version = env!("CARGO_PKG_VERSION");
        comment(
            f,
            &format!(
                "Written by migrate {version} from the revisions alone: no database was looked at."
            ),
        )?;
        for line in dialect.advice {
            comment(f, line)?;
        }
        self.settings
            .iter()
            .try_for_each(|sql| writeln!(f, "{sql};"))
    }
}

impl Part {
    fn number(&self) -> bool {
        matches!(self.subject, Subject::Revision { .. })
    }

    fn title(&self, f: &mut fmt::Formatter<'_>, number: usize, of: usize) -> fmt::Result {
        match &self.subject {
            Subject::VersionTable => comment(f, "The version table"),
            Subject::Stamp => comment(f, "What is recorded as applied"),
            Subject::Settings => comment(f, "The settings of the session, as before that revision"),
            Subject::SettingsAhead => comment(f, "The settings that the next revision asks for"),
            Subject::Revision {
                id,
                direction,
                message,
                place,
            } => {
                let direction = match direction {
                    Direction::Up => "up",
                    Direction::Down => "down",
                };
                let comma = if message.is_empty() { "" } else { ", " };
                comment(
                    f,
                    &format!("[{number}/{of}] {direction} {id}{comma}{message}"),
                )?;
                let outside = if self.transaction {
                    ""
                } else {
                    ", outside a transaction"
                };
                comment(f, &format!("{place}{outside}"))
            }
        }
    }

    fn body(&self, f: &mut fmt::Formatter<'_>, dialect: &Dialect) -> fmt::Result {
        if self.transaction {
            writeln!(f, "{};", dialect.begin)?;
        }
        for sql in &self.statements {
            statement(f, sql, dialect)?;
        }
        if self.transaction {
            writeln!(f, "COMMIT;")?;
        }
        Ok(())
    }
}

/// A comment of one line, whatever the text contains.
fn comment(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let line: String = text
        .chars()
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .collect();
    writeln!(f, "-- {}", line.trim_end())
}

/// A statement with the delimiter for the server's client.
pub(crate) fn statement(f: &mut fmt::Formatter<'_>, sql: &str, dialect: &Dialect) -> fmt::Result {
    let sql = sql.trim();
    let found = scan(sql, dialect);
    if found.empty {
        return if sql.is_empty() {
            Ok(())
        } else {
            writeln!(f, "{sql}")
        };
    }
    if dialect.delimiter && (found.inner && found.program || cut_in_comment(sql)) {
        let mark = mark(sql);
        return writeln!(f, "DELIMITER {mark}\n{sql}\n{mark}\nDELIMITER ;");
    }
    match (found.ended, found.comment) {
        (true, _) => writeln!(f, "{sql}"),
        (false, true) => writeln!(f, "{sql}\n;"), // on the same line, it would be part of the comment
        (false, false) => writeln!(f, "{sql};"),
    }
}

/// Whether a comment that MySQL and MariaDB run as SQL has a semicolon, at which their clients
/// split.
fn cut_in_comment(sql: &str) -> bool {
    let starts = ["/*!", "/*M!"];
    let mut read = tokens(sql, BackendKind::Mysql);
    read.any(|token| token.contains(';') && starts.iter().any(|start| token.starts_with(start)))
}

/// A delimiter that does not occur in the statement.
fn mark(sql: &str) -> String {
    let longer = (0..).map(|number| format!("//{number}"));
    std::iter::once("//".to_owned())
        .chain(longer)
        .find(|mark| !sql.contains(mark.as_str()))
        .expect("there are more marks than a text has places")
}

#[cfg(test)]
mod tests;
