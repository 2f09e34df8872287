//! Parts of a text that are meant for a database's client, not for its server: `DELIMITER` and
//! `\restrict`, which are interpreted as the client does, and what only a client can run, such as
//! `COPY … FROM STDIN`. Pure.

use std::ops::Range;

use super::dialect::{Bodies, Dialect};
use super::lexer::{Kind, is_word, pieces};
use super::split::{Program, Statement, cut, lines, readings};
use super::tokens;
use crate::dialect::BackendKind;

/// Something in a text that only a client can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Its line, from 1.
    pub(crate) line: u32,
    /// The part that was found.
    pub(crate) what: String,
    /// What to write instead.
    pub(crate) help: &'static str,
}

/// What a text contains that no server can run; empty if that depends on a setting.
pub(crate) fn findings(sql: &str, backend: BackendKind) -> Vec<Finding> {
    let dialect = Dialect::of(backend);
    let findings = found(sql, dialect);
    let is_none = |reading: &Dialect| found(sql, reading).is_empty();
    match !findings.is_empty() && readings(sql, dialect).iter().any(is_none) {
        true => Vec::new(),
        false => findings,
    }
}

/// A statement that sets the isolation level of its transaction, which must come before everything
/// else in it.
pub(crate) fn sets_isolation(sql: &str, backend: BackendKind) -> Option<Finding> {
    let dialect = Dialect::of(backend);
    if dialect.bodies == Bodies::Triggers {
        return None; // SQLite has no such statement
    }
    let cut = cut(sql, dialect)?;
    let sets = |statement: &&Statement<'_>| {
        let words = tokens(statement.sql, backend).take(3);
        let words: Vec<String> = words.map(str::to_ascii_uppercase).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match dialect.bodies {
            Bodies::Atomic => matches!(
                words[..],
                [
                    "SET",
                    "TRANSACTION",
                    "ISOLATION" | "DEFERRABLE" | "NOT" | "SNAPSHOT"
                ]
            ),
            Bodies::Programs => words.starts_with(&["SET", "TRANSACTION"]),
            Bodies::Triggers => false,
        }
    };
    let statement = cut.iter().find(sets)?;
    Some(Finding {
        line: statement.line,
        what: "`SET TRANSACTION` must come first in a transaction, and the revision's has begun"
            .to_owned(),
        help: match dialect.bodies {
            Bodies::Programs => {
                "write `run_in_transaction = false` into the metadata.toml next to it, and START TRANSACTION and COMMIT after \
                 SET TRANSACTION"
            }
            Bodies::Atomic | Bodies::Triggers => {
                "write `run_in_transaction = false` into the metadata.toml next to it, and BEGIN before SET TRANSACTION and COMMIT \
                 at the end"
            }
        },
    })
}

/// A text without the parts for the client.
#[derive(Default)]
pub(super) struct Chunks {
    /// The parts between the lines and delimiters for the client. Each contains whole statements.
    pub(super) parts: Vec<Range<usize>>,
    /// Where those lines begin.
    lines: Vec<usize>,
    /// Whether the text was parsed to its end.
    pub(super) is_complete: bool,
}

/// A client command that is interpreted as the client does.
enum Line<'a> {
    /// `DELIMITER`, with the delimiter of the following statements.
    Delimiter(&'a str),
    /// `\restrict` and `\unrestrict` disable psql's commands between them. There are none, so
    /// nothing is left to do.
    Restrict,
}

/// The line at the beginning of a text, if it is for the client, and its length.
fn client_line<'a>(rest: &'a str, dialect: &Dialect) -> Option<(Line<'a>, usize)> {
    let length = rest.find('\n').map_or(rest.len(), |end| end + 1);
    let mut words = rest[..length].split_ascii_whitespace();
    let command = words.next()?;
    let argument = words.next().unwrap_or_default();
    let line = match dialect.bodies {
        Bodies::Programs if command.eq_ignore_ascii_case("DELIMITER") => Line::Delimiter(argument),
        Bodies::Atomic if matches!(command, "\\restrict" | "\\unrestrict") => Line::Restrict,
        _ => return None,
    };
    Some((line, length))
}

/// Whether a line is `DELIMITER` and a delimiter, without anything that can follow a name, such as
/// the colon after a label.
fn is_delimiter_alone(line: &str) -> bool {
    let line = line.lines().next().unwrap_or_default();
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    matches!(words[..], [_, mark] if mark.chars().all(|sign| ";/$|@!%&#^~".contains(sign)))
}

/// Splits a text at the lines and delimiters for the client.
pub(super) fn chunks(sql: &str, dialect: &Dialect) -> Chunks {
    let mut chunks = Chunks::default();
    let (mut start, mut at) = (0, 0);
    // the delimiter, unless it is a semicolon
    let mut mark = None;
    let mut line_start = true;
    // whether a statement has begun
    let mut pending = false;
    if sql.lines().all(|line| client_line(line, dialect).is_none()) {
        at = sql.len();
    }
    while at < sql.len() {
        let rest = &sql[at..];
        let line = client_line(rest, dialect).filter(|_| line_start);
        if pending && mark.is_some() && line.is_some() && is_delimiter_alone(rest) {
            // the client reads it as a part of the statement, whose delimiter was forgotten
            chunks.lines.push(at);
            return chunks;
        }
        if let Some((line, length)) = line.filter(|_| !pending) {
            chunks.lines.push(at);
            chunks.parts.push(start..at);
            match line {
                Line::Delimiter(argument) => {
                    // the client refuses a backslash, and strips quotes
                    if argument.is_empty() || argument.contains(['\\', '\'', '"', '`']) {
                        return chunks;
                    }
                    mark = Some(argument).filter(|argument| *argument != ";");
                }
                Line::Restrict => {}
            }
            at += length;
            (start, pending) = (at, false);
            continue;
        }
        if let Some(mark) = mark.filter(|mark| rest.starts_with(mark)) {
            chunks.parts.push(start..at);
            at += mark.len();
            (start, pending) = (at, false);
            continue;
        }
        let Some(piece) = pieces(rest, dialect).next() else {
            break;
        };
        if piece.open.is_some() {
            return chunks;
        }
        let text = &rest[piece.span];
        let before_mark = mark
            .and_then(|mark| text.find(mark))
            .filter(|_| piece.kind == Kind::Word);
        at += before_mark.unwrap_or(text.len());
        match piece.kind {
            Kind::Space | Kind::LineComment => line_start |= text.ends_with('\n'),
            Kind::Semicolon => (pending, line_start) = (mark.is_some(), false),
            _ => (pending, line_start) = (true, false),
        }
    }
    chunks.parts.push(start..sql.len());
    chunks.is_complete = true;
    chunks
}

/// The findings of one interpretation of a text.
fn found(sql: &str, dialect: &Dialect) -> Vec<Finding> {
    let chunks = chunks(sql, dialect);
    let mut reader = Reader {
        sql,
        dialect,
        findings: Vec::new(),
    };
    for part in chunks.parts {
        reader.read(part);
    }
    let is_readable = chunks.lines.is_empty() || cut(sql, dialect).is_some();
    let line = match chunks.is_complete {
        true => chunks.lines.first(),
        false => chunks.lines.last(),
    };
    if let (true, false, Some(at)) = (reader.findings.is_empty(), is_readable, line) {
        let (command, help) = match dialect.bodies {
            Bodies::Programs => ("DELIMITER", DELIMITER),
            Bodies::Atomic | Bodies::Triggers => ("\\restrict", LEAVE_OUT),
        };
        reader.find(*at, reader.command(command), help);
    }
    reader.findings
}

/// A byte order mark. SQLite reads it as a space.
const MARK: char = '\u{feff}';
const LEAVE_OUT: &str = "leave it out";
const DELIMITER: &str =
    "leave it out, and end each statement with `;`: a body from BEGIN to END is kept whole";
const DOLLARS: &str =
    "leave it out, and end each statement with `;`: a body in `$$ … $$` is kept whole";
const JOINED: &str = "remove it: files that are joined keep the mark that each begins with";
const INSERTS: &str = "write INSERT statements; `pg_dump --inserts` does";
const END: &str = "end the statement with `;`";
const INCLUDE: &str = "write the text of that file here";
const CONNECT: &str = "leave it out: a revision runs on the database that the URL names";

/// The commands of the mysql client that are words. No server knows a statement that begins with
/// one.
const MYSQL_COMMANDS: [&str; 20] = [
    "CHARSET",
    "CLEAR",
    "CONNECT",
    "EDIT",
    "EGO",
    "EXIT",
    "GO",
    "NOPAGER",
    "NOTEE",
    "NOWARNING",
    "PAGER",
    "PRINT",
    "PROMPT",
    "QUIT",
    "REHASH",
    "SOURCE",
    "STATUS",
    "SYSTEM",
    "TEE",
    "WARNINGS",
];

/// Looks for parts for a client.
struct Reader<'a> {
    sql: &'a str,
    dialect: &'a Dialect,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    /// Parses a part of the text, as far as the ends of its statements are known.
    fn read(&mut self, part: Range<usize>) {
        let (sql, dialect) = (self.sql, self.dialect);
        let mut program = Program::new(dialect.bodies);
        let mut begun = None;
        let mut at = part.start;
        while at < part.end {
            let rest = &sql[at..part.end];
            let Some(piece) = pieces(rest, dialect).next() else {
                return;
            };
            if piece.open.is_some() {
                return;
            }
            let (place, text) = (at, &rest[piece.span.clone()]);
            at += text.len();
            if matches!(piece.kind, Kind::Space | Kind::LineComment | Kind::Mark) {
                continue;
            }
            if piece.kind == Kind::Semicolon {
                match program.semicolon() {
                    None => return,
                    Some(false) => {}
                    Some(true) => {
                        let start = begun.take().unwrap_or(place);
                        at += self.copy(start..place);
                        program = Program::new(dialect.bodies);
                    }
                }
                continue;
            }
            if place > 0 && self.dialect.bodies != Bodies::Triggers && text.starts_with(MARK) {
                let what = "a byte order mark (U+FEFF) is no SQL".to_owned();
                self.find(place, what, JOINED);
                at = place + MARK.len_utf8();
                if client_line(&sql[at..part.end], dialect).is_some() {
                    return; // without the mark, the text is another one
                }
                continue;
            }
            let command = match begun {
                None => self.first(place),
                Some(_) => None,
            };
            if let Some((what, help)) = command.or_else(|| self.backslash(place)) {
                self.find(place, what, help);
                at = place + rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            begun.get_or_insert(place);
            if program.token(&piece, text).is_none() {
                return;
            }
        }
        if let Some(start) = begun {
            self.copy(start..part.end);
        }
    }

    fn find(&mut self, at: usize, what: String, help: &'static str) {
        self.findings.push(Finding {
            line: 1 + lines(&self.sql[..at]),
            what,
            help,
        });
    }

    /// The finding of a client command.
    fn command(&self, name: &str) -> String {
        let client = match self.dialect.bodies {
            Bodies::Triggers => "sqlite3",
            Bodies::Atomic => "psql",
            Bodies::Programs => "the mysql client",
        };
        format!("`{name}` is a command of {client}")
    }

    /// A command at the beginning of a statement.
    fn first(&self, at: usize) -> Option<(String, &'static str)> {
        let before = self.sql[..at].rsplit('\n').next().unwrap_or_default();
        let line = self.sql[at..].lines().next().unwrap_or_default();
        if starts_with_word(line, "DELIMITER") {
            let help = match self.dialect.bodies {
                Bodies::Programs | Bodies::Triggers => DELIMITER,
                Bodies::Atomic => DOLLARS,
            };
            return Some((
                "`DELIMITER` is a command of the mysql client".to_owned(),
                help,
            ));
        }
        if !before.trim_start_matches(MARK).trim().is_empty() {
            return None;
        }
        let name = line.split_ascii_whitespace().next().unwrap_or_default();
        let word = name.trim_end_matches(';').to_ascii_uppercase();
        if matches!(line.trim(), "/" | "GO" | "Go" | "go") {
            let what = format!("`{name}` on a line by itself is for a client");
            return Some((what, "leave it out: a statement ends with `;`"));
        }
        match self.dialect.bodies {
            Bodies::Triggers if line.starts_with('.') => Some((self.command(name), LEAVE_OUT)),
            Bodies::Programs if word == "USE" && self.is_line_a_statement(at) => Some((
                format!("`{}` without `;` is for the mysql client", line.trim()),
                END,
            )),
            Bodies::Programs if MYSQL_COMMANDS.contains(&word.as_str()) => {
                let rest = line[word.len()..].trim_start();
                // a label, or something that is called or assigned
                let is_name = rest.starts_with([':', '(', '.', '=']);
                let help = match word.as_str() {
                    "SOURCE" => INCLUDE,
                    "CONNECT" => CONNECT,
                    _ => LEAVE_OUT,
                };
                (!is_name).then(|| (self.command(&line[..word.len()]), help))
            }
            _ => None,
        }
    }

    /// Whether the line is two words, and the text after it is another statement.
    fn is_line_a_statement(&self, at: usize) -> bool {
        let (line, rest) = self.sql[at..].split_once('\n').unwrap_or_default();
        let after = tokens(rest, BackendKind::Mysql).next();
        line.split_ascii_whitespace().count() == 2
            && !line.contains([';', '/', '#', '-'])
            && after.is_some_and(|token| token.starts_with(is_word))
    }

    /// A command that begins with a backslash. Outside strings and names, no server knows one.
    fn backslash(&self, at: usize) -> Option<(String, &'static str)> {
        let after = self.sql[at..].strip_prefix('\\')?;
        let end = after.find(|sign| !is_word(sign)).unwrap_or(after.len());
        let name = match end {
            0 => &after[..after.chars().next().map_or(0, char::len_utf8)],
            end => &after[..end],
        };
        let help = match (self.dialect.bodies, name) {
            (Bodies::Programs, "N") | (Bodies::Triggers, _) => return None, // NULL, and no command
            (Bodies::Atomic, "." | "copy") => INSERTS,
            (Bodies::Atomic, "i" | "ir" | "include" | "include_relative") => INCLUDE,
            (Bodies::Atomic, "c" | "connect") => CONNECT,
            (_, "g" | "G" | "gx") => END,
            (Bodies::Programs, ".") => INCLUDE,
            (Bodies::Programs, "u") => "write `USE` and the name of the database",
            _ => LEAVE_OUT,
        };
        Some((self.command(&format!("\\{name}")), help))
    }

    /// A statement that transfers rows over the connection, and the length of the rows after it.
    fn copy(&mut self, statement: Range<usize>) -> usize {
        if self.dialect.bodies != Bodies::Atomic {
            return 0;
        }
        let text = &self.sql[statement.clone()];
        let mut words = Vec::new();
        let mut depth = 0_usize;
        for piece in pieces(text, self.dialect) {
            match (piece.kind, &text[piece.span]) {
                (Kind::Sign, "(") => depth += 1,
                (Kind::Sign, ")") => depth = depth.saturating_sub(1),
                (Kind::Word, word) if depth == 0 => words.push(word.to_ascii_uppercase()),
                _ => {}
            }
        }
        let has = |pair: [&str; 2]| words.windows(2).any(|two| two == pair);
        if words.first().map(String::as_str) != Some("COPY") {
            return 0;
        }
        if has(["TO", "STDOUT"]) {
            let what = "`COPY … TO STDOUT` needs a client that takes the rows".to_owned();
            self.find(statement.start, what, LEAVE_OUT);
        }
        if !has(["FROM", "STDIN"]) {
            return 0;
        }
        let what = "`COPY … FROM STDIN` needs a client that sends the rows".to_owned();
        self.find(statement.start, what, INSERTS);
        let after = &self.sql[statement.end..];
        let rows = after
            .split_inclusive('\n')
            .take_while(|line| line.trim_end() != "\\.");
        let length: usize = rows.map(str::len).sum();
        // without the line that ends them, there are none
        let end = after[length..]
            .find('\n')
            .map_or(after.len() - length, |end| end + 1);
        match length < after.len() {
            true => length + end - 1,
            false => 0,
        }
    }
}

/// Whether a line begins with this word, and the word is not a label there.
fn starts_with_word(line: &str, word: &str) -> bool {
    let rest = line.get(word.len()..).unwrap_or_default();
    let is_word_there = line
        .get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word));
    is_word_there && !rest.starts_with(is_word) && !rest.trim_start().starts_with(':')
}

#[cfg(test)]
mod tests;
