//! Where the statements of an SQL file end: strings, comments, dollar quotes, parentheses, and the bodies of triggers and routines
//! keep their semicolons.
//!
//! What is not certain is left whole, for the server to cut: a body without `BEGIN` that holds statements, a package, MariaDB's
//! statements that are programs by themselves, a client's `DELIMITER`, a text that ends inside of something, and one that a
//! server reads differently by its settings. Knows no more grammar than that.

use super::dialect::Dialect;
use super::lexer::{Kind, pieces};
use crate::backend::BackendKind;

/// A statement of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    /// The statement, without the semicolon that ends it and the comments around it.
    pub(crate) sql: &'a str,
    /// The same with the comments before it.
    pub(crate) commented: &'a str,
    /// The line of the text that it begins in, from 1.
    pub(crate) line: u32,
}

/// What is known about where the statements of a text end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cut<'a> {
    /// The statements; none where there is nothing but comments.
    Statements(Vec<Statement<'a>>),
    /// The whole text, which holds an unknown number of statements: only the server can tell where they end.
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
}

/// The statements of a text, or the whole text where it is not certain where they end.
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

/// The statements without the `BEGIN` and `COMMIT` around all of them: for a text that is run in a transaction as it is.
pub(crate) fn without_own_transaction<'a, 'b>(
    statements: &'b [Statement<'a>],
) -> &'b [Statement<'a>] {
    match statements {
        [first, inner @ .., last] if first.begins() && last.commits() => inner,
        all => all,
    }
}

impl Statement<'_> {
    fn words(&self) -> Vec<String> {
        let words = self.sql.split_whitespace();
        words.map(str::to_ascii_uppercase).take(3).collect()
    }

    fn begins(&self) -> bool {
        let words = self.words();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        matches!(
            words[..],
            ["BEGIN"] | ["BEGIN", "TRANSACTION" | "WORK"] | ["START", "TRANSACTION"]
        )
    }

    fn commits(&self) -> bool {
        let words = self.words();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        matches!(
            words[..],
            ["COMMIT" | "END"] | ["COMMIT" | "END", "TRANSACTION" | "WORK"]
        )
    }
}

/// How many ends of lines there are.
pub(crate) fn lines(text: &str) -> u32 {
    u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX - 1)
}

/// The statements, where it is certain which they are.
fn certain<'a>(sql: &'a str, dialect: &Dialect) -> Option<Vec<Statement<'a>>> {
    let cut = cut(sql, dialect)?;
    if dialect.backslash && sql.contains('\\') {
        // a setting of the server decides whether a backslash takes the next character in
        let plain = Dialect {
            backslash: false,
            ..dialect.clone()
        };
        let otherwise = self::cut(sql, &plain);
        if otherwise.is_some_and(|otherwise| otherwise != cut) {
            return None;
        }
    }
    Some(cut)
}

fn cut<'a>(sql: &'a str, dialect: &Dialect) -> Option<Vec<Statement<'a>>> {
    let mut cutter = Cutter::new(sql, dialect.delimiter);
    for (rest, piece) in pieces(sql, dialect) {
        if piece.open.is_some() {
            return None;
        }
        let at = sql.len() - rest.len();
        let text = &rest[..piece.length];
        match piece.kind {
            Kind::Space | Kind::LineComment => {}
            Kind::Semicolon => cutter.semicolon(at)?,
            Kind::Word => cutter.token(at, text, true)?,
            Kind::Other => cutter.token(at, text, false)?,
        }
    }
    cutter.finish()
}

/// Goes through a text and collects its statements. Where a method gives nothing, it is not certain where they end.
struct Cutter<'a> {
    sql: &'a str,
    statements: Vec<Statement<'a>>,
    /// Whether the backend's statements can be programs by themselves, and its client has a `DELIMITER`.
    programs: bool,
    /// Where the text after the last statement begins.
    after: usize,
    /// A place, and the line that it is in.
    counted: (usize, u32),
    /// Where the first token of this statement begins, and the last one ends.
    token: Option<(usize, usize)>,
    sort: Sort,
    parentheses: usize,
    blocks: Vec<Block>,
    /// The last token, in capitals.
    last: String,
    /// `END` in a block was seen, and what follows tells what it ends.
    ending: bool,
}

/// What sort of statement it is, as far as is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Nothing was seen of it.
    New,
    /// It begins with `BEGIN`.
    Begins,
    /// It creates or changes something.
    Creates,
    /// It may have a body of statements.
    Routine,
    /// Its first semicolon ends it.
    Plain,
}

/// What an `END` ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Begin,
    Case,
}

impl<'a> Cutter<'a> {
    fn new(sql: &'a str, programs: bool) -> Cutter<'a> {
        Cutter {
            sql,
            statements: Vec::new(),
            programs,
            after: 0,
            counted: (0, 1),
            token: None,
            sort: Sort::New,
            parentheses: 0,
            blocks: Vec::new(),
            last: String::new(),
            ending: false,
        }
    }

    fn semicolon(&mut self, at: usize) -> Option<()> {
        self.settle_end(None)?;
        if self.parentheses > 0 || !self.blocks.is_empty() {
            self.last = ";".to_owned();
            return Some(());
        }
        self.end(at + 1);
        Some(())
    }

    /// The line of a place that is not before the last one that was asked for.
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
        self.sort = Sort::New;
        self.last.clear();
    }

    fn token(&mut self, at: usize, text: &str, is_word: bool) -> Option<()> {
        let start = self.token.map_or(at, |(start, _)| start);
        self.token = Some((start, at + text.len()));
        match text {
            "(" => self.parentheses += 1,
            ")" => self.parentheses = self.parentheses.checked_sub(1)?,
            _ => {}
        }
        let word = match is_word {
            true => text.to_ascii_uppercase(),
            false => text.chars().take(1).collect(),
        };
        // a name's part is no word of the language
        let in_name = matches!(self.last.as_str(), "." | "@");
        match self.sort {
            Sort::New => self.sort = self.first(&word)?,
            Sort::Begins if self.programs && word != "WORK" => return None,
            Sort::Begins => self.sort = Sort::Plain,
            Sort::Creates if is_word => self.sort = object(&word, self.sort)?,
            Sort::Routine if !in_name => self.in_routine(&word, is_word)?,
            Sort::Creates | Sort::Routine | Sort::Plain => {}
        }
        self.last = word;
        Some(())
    }

    fn first(&self, word: &str) -> Option<Sort> {
        const PROGRAMS: [&str; 8] = [
            "CASE",
            "DECLARE",
            "DELIMITER",
            "FOR",
            "IF",
            "LOOP",
            "REPEAT",
            "WHILE",
        ];
        match word {
            "CREATE" | "ALTER" => Some(Sort::Creates),
            "BEGIN" => Some(Sort::Begins),
            word if self.programs && PROGRAMS.contains(&word) => None,
            _ => Some(Sort::Plain),
        }
    }

    fn in_routine(&mut self, word: &str, is_word: bool) -> Option<()> {
        self.settle_end(Some((word, is_word)))?;
        if !is_word {
            return Some(());
        }
        match word {
            "BEGIN" => self.blocks.push(Block::Begin),
            "CASE" if self.last != "END" => self.blocks.push(Block::Case),
            "END" => match self.blocks.last()? {
                Block::Case => drop(self.blocks.pop()),
                Block::Begin => self.ending = true,
            },
            "THEN" | "LOOP" | "WHILE" | "REPEAT" if self.blocks.is_empty() => return None,
            _ => {}
        }
        Some(())
    }

    /// Decides what the last `END` ended, by the token after it.
    fn settle_end(&mut self, next: Option<(&str, bool)>) -> Option<()> {
        if !std::mem::take(&mut self.ending) {
            return Some(());
        }
        match next {
            Some(("IF" | "LOOP" | "WHILE" | "REPEAT" | "FOR", true)) => {}
            Some(("CASE", true)) | Some((_, false)) => return None,
            // the end of the block, or of one with this label
            Some((_, true)) | None => drop(self.blocks.pop()),
        }
        Some(())
    }

    fn finish(mut self) -> Option<Vec<Statement<'a>>> {
        self.settle_end(None)?;
        if self.parentheses > 0 || !self.blocks.is_empty() {
            return None;
        }
        self.end(self.sql.len());
        Some(self.statements)
    }
}

/// What sort of statement it is that creates or changes something, by a word of its beginning.
fn object(word: &str, so_far: Sort) -> Option<Sort> {
    const PLAIN: [&str; 18] = [
        "CAST",
        "COLLATION",
        "DATABASE",
        "DOMAIN",
        "EXTENSION",
        "INDEX",
        "OPERATOR",
        "POLICY",
        "ROLE",
        "RULE",
        "SCHEMA",
        "SEQUENCE",
        "SERVER",
        "TABLE",
        "TABLESPACE",
        "TYPE",
        "USER",
        "VIEW",
    ];
    match word {
        "EVENT" | "FUNCTION" | "PROCEDURE" | "TRIGGER" => Some(Sort::Routine),
        "PACKAGE" => None,
        // MariaDB and MySQL: CREATE AGGREGATE FUNCTION
        "AGGREGATE" => Some(so_far),
        word if PLAIN.contains(&word) => Some(Sort::Plain),
        _ => Some(so_far),
    }
}

#[cfg(test)]
mod tests;
