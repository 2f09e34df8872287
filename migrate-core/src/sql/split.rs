//! Where the statements of an SQL file end: strings, comments, dollar quotes, parentheses, and the
//! bodies of triggers and routines keep their semicolons.
//!
//! If this is uncertain, the text is left whole, for the server to split: a text that ends inside a
//! token, and one that a server reads differently depending on its settings. `program` knows the
//! grammar of bodies, `client` the lines for the client.

mod program;

use std::ops::Range;

use super::client;
use super::dialect::{Bodies, Dialect};
use super::lexer::{Kind, pieces};
use crate::dialect::BackendKind;
pub(super) use program::Program;

/// A statement of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    /// The statement, without its final semicolon and the comments around it.
    pub(crate) sql: &'a str,
    /// The same with the comments before it.
    pub(crate) commented: &'a str,
    /// The line of the text where it begins, from 1.
    pub(crate) line: u32,
}

/// What is known about where the statements of a text end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cut<'a> {
    /// The statements; none if there are only comments.
    Statements(Vec<Statement<'a>>),
    /// The whole text, which contains an unknown number of statements: only the server can tell
    /// where they end.
    Uncertain(Statement<'a>),
}

impl<'a> Cut<'a> {
    /// What is sent to the server, in order.
    pub(crate) fn parts(&self) -> &[Statement<'a>] {
        match self {
            Cut::Statements(statements) => statements,
            Cut::Uncertain(whole) => std::slice::from_ref(whole),
        }
    }

    /// The same, which takes the memory of the cut.
    pub(crate) fn into_parts(self) -> Vec<Statement<'a>> {
        match self {
            Cut::Statements(statements) => statements,
            Cut::Uncertain(whole) => vec![whole],
        }
    }
}

/// The statements of a text, or the whole text if the ends of its statements are uncertain.
pub(crate) fn statements(sql: &str, backend: BackendKind) -> Cut<'_> {
    match certain(sql, Dialect::of(backend)) {
        Some(statements) => Cut::Statements(statements),
        None => Cut::Uncertain(Statement {
            sql,
            commented: sql,
            line: 1,
        }),
    }
}

/// The number of line ends.
pub(crate) fn lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX - 1)
}

/// The statements, if they are certain.
fn certain<'a>(sql: &'a str, dialect: &Dialect) -> Option<Vec<Statement<'a>>> {
    let statements = cut(sql, dialect)?;
    let is_same = |other: &Dialect| match cut(sql, other) {
        Some(otherwise) => otherwise == statements,
        // a server with that setting rejects the text, but must not run a part of a statement by
        // itself
        None => statements
            .iter()
            .all(|statement| Cutter::first_end(statement.sql, other).is_none()),
    };
    readings(sql, dialect)
        .iter()
        .all(is_same)
        .then_some(statements)
}

/// How a server with other settings, or another version, may read the text.
pub(super) fn readings(sql: &str, dialect: &Dialect) -> Vec<Dialect> {
    let programs = dialect.bodies == Bodies::Programs;
    let mut readings = Vec::new();
    if sql.contains('\\') && (programs || dialect.dollar) {
        // NO_BACKSLASH_ESCAPES, and on PostgreSQL standard_conforming_strings
        readings.push(Dialect {
            backslash: !dialect.backslash,
            backslash_in_names: false,
            ..dialect.clone()
        });
        if programs {
            // ANSI_QUOTES
            readings.push(Dialect {
                backslash_in_names: false,
                ..dialect.clone()
            });
        }
    }
    if programs && (sql.contains("/*!") || sql.contains("/*M!")) {
        let executed = readings.iter().chain([dialect]).map(|reading| Dialect {
            executed_comments: true,
            ..reading.clone()
        });
        let executed: Vec<Dialect> = executed.collect();
        readings.extend(executed);
    }
    readings
}

pub(super) fn cut<'a>(sql: &'a str, dialect: &Dialect) -> Option<Vec<Statement<'a>>> {
    let mut cutter = Cutter::new(sql, dialect.bodies);
    let chunks = client::chunks(sql, dialect);
    for part in chunks.parts {
        cutter.read(part, dialect)?;
    }
    chunks.is_complete.then_some(cutter.statements)
}

/// Scans the text and collects its statements. A method returns `None` if the end of a statement is
/// uncertain.
struct Cutter<'a> {
    sql: &'a str,
    statements: Vec<Statement<'a>>,
    bodies: Bodies,
    /// Where the text after the last statement begins.
    after: usize,
    /// A position, and its line.
    counted: (usize, u32),
    /// Where the first token of this statement begins, and the last one ends.
    token: Option<(usize, usize)>,
    program: Program,
}

impl<'a> Cutter<'a> {
    fn new(sql: &'a str, bodies: Bodies) -> Cutter<'a> {
        Cutter {
            sql,
            statements: Vec::new(),
            bodies,
            after: 0,
            counted: (0, 1),
            token: None,
            program: Program::new(bodies),
        }
    }

    /// Where the first statement of a text ends, if there is more after it.
    fn first_end(sql: &'a str, dialect: &Dialect) -> Option<usize> {
        let mut cutter = Cutter::new(sql, dialect.bodies);
        let read = cutter.read(0..sql.len(), dialect);
        let first = cutter.statements.first()?;
        let end = first.sql.len();
        (read.is_none() || cutter.statements.len() > 1).then_some(end)
    }

    /// Parses a part of the text that ends together with a statement.
    fn read(&mut self, chunk: Range<usize>, dialect: &Dialect) -> Option<()> {
        self.after = chunk.start;
        let mut executed = false;
        let (sql, start) = (self.sql, chunk.start);
        for piece in pieces(&sql[chunk.clone()], dialect) {
            if piece.open.is_some() {
                return None;
            }
            let at = start + piece.span.start;
            let text = &sql[at..start + piece.span.end];
            let is_null = sql[at..chunk.end].starts_with("\\N");
            if text == "\\" && !is_null && self.bodies != Bodies::Triggers {
                return None; // no text at all to a server
            }
            match piece.kind {
                Kind::Space | Kind::LineComment => continue,
                Kind::Semicolon => {
                    if self.program.semicolon()? {
                        self.end(at + 1);
                    }
                    continue;
                }
                Kind::Mark => executed = !executed,
                _ => self.program.token(&piece, text)?,
            }
            let start = self.token.map_or(at, |(start, _)| start);
            self.token = Some((start, at + text.len()));
        }
        if executed || !self.program.is_complete() {
            return None;
        }
        self.end(chunk.end);
        Some(())
    }

    /// The line of a position at or after the last one that was requested.
    fn line_of(&mut self, place: usize) -> u32 {
        let (counted, line) = self.counted;
        let line = line + lines(&self.sql[counted..place]);
        self.counted = (place, line);
        line
    }

    /// Ends the statement; the next one begins at `next`.
    fn end(&mut self, next: usize) {
        if let Some((start, end)) = self.token.take() {
            let line = self.line_of(start);
            self.statements.push(Statement {
                sql: &self.sql[start..end],
                commented: self.sql[self.after..end].trim(),
                line,
            });
        }
        self.after = next;
        self.program = Program::new(self.bodies);
    }
}

#[cfg(test)]
mod tests;
