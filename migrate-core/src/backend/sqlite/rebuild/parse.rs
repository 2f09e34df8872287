//! Parses the text of a CREATE TABLE: columns with their clauses, and the table's constraints, each
//! with its place. It reads what SQLite has accepted, and refuses what it does not understand.

use std::ops::Range;

use crate::backend::BackendKind;
use crate::sql::{Dialect, Piece, PieceKind, pieces, unquoted};

/// The tokens of a text, each with its place. Spaces and comments lie between them, so that an edit
/// can leave them alone.
pub(super) fn tokens(text: &str) -> Vec<Piece> {
    pieces(text, Dialect::of(BackendKind::Sqlite))
        .filter(Piece::is_token)
        .collect()
}

/// Whether a token can be a name.
pub(super) fn is_name(token: &Piece) -> bool {
    matches!(token.kind, PieceKind::Word | PieceKind::Quoted)
}

/// A parsed table definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Definition {
    /// The table's name, without its schema.
    pub(super) name: Range<usize>,
    /// Just after the opening parenthesis.
    pub(super) start: usize,
    /// The columns.
    pub(super) columns: Vec<Column>,
    /// The constraints that follow the columns.
    pub(super) constraints: Vec<Item>,
    /// The words after the closing parenthesis, in upper case.
    pub(super) options: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// The place of its name.
    pub(super) name_at: Range<usize>,
    /// The place of its type.
    pub(super) ty: Option<Range<usize>>,
    pub(super) clauses: Vec<Clause>,
    pub(super) place: Place,
}

/// A constraint that follows the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) clause: Clause,
    pub(super) place: Place,
}

/// The place of a column or a constraint in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) span: Range<usize>,
    /// The place of the comma after it.
    pub(super) comma: Option<usize>,
}

/// A clause of a column, or a constraint of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    /// With its name, if it has one.
    pub(super) span: Range<usize>,
    /// What follows its name.
    pub(super) body: Range<usize>,
    pub(super) name: Option<String>,
    /// The place of its name.
    pub(super) name_at: Option<Range<usize>>,
    pub(super) kind: ClauseKind,
    /// The columns that it lists in parentheses, before any reference.
    pub(super) columns: Vec<String>,
}

/// The kinds of clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClauseKind {
    PrimaryKey {
        autoincrement: bool,
    },
    NotNull,
    Null,
    Unique,
    Check,
    Default,
    Collate,
    References,
    Generated,
    /// A name without a constraint, which SQLite allows.
    Nothing,
}

/// What was not understood, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NotUnderstood {
    pub(super) at: usize,
}

impl Definition {
    /// Parses the text of a CREATE TABLE.
    pub(super) fn parse(text: &str) -> Result<Definition, NotUnderstood> {
        let tokens = tokens(text);
        Parser {
            text,
            tokens: &tokens,
            at: 0,
        }
        .table()
    }

    pub(super) fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn has_option(&self, words: &[&str]) -> bool {
        self.options.windows(words.len()).any(|part| part == words)
    }

    pub(super) fn is_strict(&self) -> bool {
        self.has_option(&["STRICT"])
    }

    pub(super) fn is_without_rowid(&self) -> bool {
        self.has_option(&["WITHOUT", "ROWID"])
    }

    /// Whether its rows are numbered by AUTOINCREMENT.
    pub(super) fn is_numbered(&self) -> bool {
        self.clauses().any(|clause| {
            clause.kind
                == ClauseKind::PrimaryKey {
                    autoincrement: true,
                }
        })
    }

    /// The column that is an alias of the rowid.
    pub(super) fn row_number(&self, text: &str) -> Option<&Column> {
        let is_key = |clause: &Clause| matches!(clause.kind, ClauseKind::PrimaryKey { .. });
        let key = |column: &&Column| {
            column.clauses.iter().any(is_key)
                || self.constraints.iter().any(|item| {
                    is_key(&item.clause)
                        && matches!(item.clause.columns.as_slice(), [only] if only.eq_ignore_ascii_case(&column.name))
                })
        };
        let integer = |column: &&Column| {
            column
                .ty
                .clone()
                .is_some_and(|ty| unquoted(&text[ty]).eq_ignore_ascii_case("INTEGER"))
        };
        match self.is_without_rowid() {
            true => None,
            false => self.columns.iter().filter(integer).find(key),
        }
    }

    /// All clauses: the columns' and the table's.
    pub(super) fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.columns
            .iter()
            .flat_map(|column| &column.clauses)
            .chain(self.constraints.iter().map(|item| &item.clause))
    }

    /// All places of the list, in order.
    pub(super) fn places(&self) -> Vec<&Place> {
        self.columns
            .iter()
            .map(|column| &column.place)
            .chain(self.constraints.iter().map(|item| &item.place))
            .collect()
    }
}

impl Column {
    pub(super) fn clause(&self, kind: impl Fn(ClauseKind) -> bool) -> Option<&Clause> {
        self.clauses.iter().find(|clause| kind(clause.kind))
    }

    pub(super) fn is_generated(&self) -> bool {
        self.clause(|kind| kind == ClauseKind::Generated).is_some()
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Piece],
    at: usize,
}

impl<'t> Parser<'t> {
    fn table(mut self) -> Result<Definition, NotUnderstood> {
        self.expect("CREATE")?;
        let _ = self.take("TEMP") || self.take("TEMPORARY");
        self.expect("TABLE")?;
        if self.take("IF") {
            self.expect("NOT")?;
            self.expect("EXISTS")?;
        }
        let mut name = self.name()?;
        if self.take_sign('.') {
            name = self.name()?;
        }
        let start = self.expect_sign('(')?.end;
        let mut columns = Vec::new();
        let mut constraints = Vec::new();
        while !self.is_sign(')') {
            match constraints.is_empty() && !self.begins_constraint() {
                true => columns.push(self.column()?),
                false => constraints.push(self.constraint()?),
            }
        }
        if columns.is_empty() {
            return Err(self.not_understood());
        }
        self.expect_sign(')')?;
        let options = self.tokens[self.at..]
            .iter()
            .map(|token| self.text[token.span.clone()].to_ascii_uppercase())
            .filter(|word| word != ";")
            .collect();
        Ok(Definition {
            name,
            start,
            columns,
            constraints,
            options,
        })
    }

    fn column(&mut self) -> Result<Column, NotUnderstood> {
        let name_at = self.name()?;
        let ty = self.column_type()?;
        let mut clauses = Vec::new();
        while !self.is_sign(',') && !self.is_sign(')') {
            clauses.push(self.clause(false)?);
        }
        Ok(Column {
            name: unquoted(&self.text[name_at.clone()]),
            ty,
            clauses,
            place: self.place(name_at.start),
            name_at,
        })
    }

    fn column_type(&mut self) -> Result<Option<Range<usize>>, NotUnderstood> {
        let start = self.at;
        while self.peek().is_some_and(is_name) && !self.begins_clause() {
            self.at += 1;
        }
        if self.at > start && self.is_sign('(') {
            self.balanced()?;
        }
        Ok((self.at > start).then(|| self.span_from(start)))
    }

    fn constraint(&mut self) -> Result<Item, NotUnderstood> {
        let clause = self.clause(true)?;
        Ok(Item {
            place: self.place(clause.span.start),
            clause,
        })
    }

    /// The place of what began there and has just ended; consumes its comma.
    fn place(&mut self, start: usize) -> Place {
        let end = self.tokens[self.at - 1].span.end;
        let comma = self.is_sign(',').then(|| self.tokens[self.at].span.start);
        if comma.is_some() {
            self.at += 1;
        }
        Place {
            span: start..end,
            comma,
        }
    }

    /// A clause of a column, or a constraint of the table.
    fn clause(&mut self, of_table: bool) -> Result<Clause, NotUnderstood> {
        let start = self.at;
        let name_at = match self.take("CONSTRAINT") {
            true => Some(self.name()?),
            false => None,
        };
        let body = self.at;
        let (kind, columns) = self.said(of_table)?;
        let body = match body < self.at {
            true => self.span_from(body),
            false => self.span_from(start).end..self.span_from(start).end,
        };
        Ok(Clause {
            span: self.span_from(start),
            body,
            name: name_at.clone().map(|name| unquoted(&self.text[name])),
            name_at,
            kind,
            columns,
        })
    }

    fn said(&mut self, of_table: bool) -> Result<(ClauseKind, Vec<String>), NotUnderstood> {
        let mut columns = Vec::new();
        let kind = if self.take("PRIMARY") {
            self.expect("KEY")?;
            let mut autoincrement = false;
            if of_table {
                (columns, autoincrement) = self.column_list()?;
            }
            let _ = self.take("ASC") || self.take("DESC");
            self.on_conflict()?;
            autoincrement |= self.take("AUTOINCREMENT") || self.take("AUTOINCR");
            ClauseKind::PrimaryKey { autoincrement }
        } else if self.take("UNIQUE") {
            if of_table {
                (columns, _) = self.column_list()?;
            }
            self.on_conflict()?;
            ClauseKind::Unique
        } else if self.take("CHECK") {
            self.balanced()?;
            self.on_conflict()?;
            ClauseKind::Check
        } else if of_table && self.take("FOREIGN") {
            self.expect("KEY")?;
            (columns, _) = self.column_list()?;
            self.expect("REFERENCES")?;
            self.reference()?;
            ClauseKind::References
        } else if self.take("REFERENCES") {
            self.reference()?;
            ClauseKind::References
        } else if self.take("NOT") {
            self.expect("NULL")?;
            self.on_conflict()?;
            ClauseKind::NotNull
        } else if self.take("NULL") {
            self.on_conflict()?;
            ClauseKind::Null
        } else if self.take("DEFAULT") {
            self.default_value()?;
            ClauseKind::Default
        } else if self.take("COLLATE") {
            self.name()?;
            ClauseKind::Collate
        } else if self.take("GENERATED") {
            self.expect("ALWAYS")?;
            self.expect("AS")?;
            self.generated()?
        } else if self.take("AS") {
            self.generated()?
        } else if self.is_sign(',') || self.is_sign(')') || self.is("CONSTRAINT") {
            ClauseKind::Nothing
        } else {
            return Err(self.not_understood());
        };
        Ok((kind, columns))
    }

    fn generated(&mut self) -> Result<ClauseKind, NotUnderstood> {
        self.balanced()?;
        let _ = self.take("STORED") || self.take("VIRTUAL");
        Ok(ClauseKind::Generated)
    }

    fn default_value(&mut self) -> Result<(), NotUnderstood> {
        if self.is_sign('(') {
            return self.balanced();
        }
        let _ = self.take_sign('+') || self.take_sign('-');
        match self.peek() {
            // a fraction without a digit before its point
            Some(token) if token.kind == PieceKind::Sign && self.is_sign('.') => self.at += 2,
            Some(token) if is_name(token) => self.at += 1,
            _ => return Err(self.not_understood()),
        }
        match self.at <= self.tokens.len() {
            true => Ok(()),
            false => Err(self.not_understood()),
        }
    }

    /// The part after REFERENCES.
    fn reference(&mut self) -> Result<(), NotUnderstood> {
        self.name()?;
        if self.is_sign('(') {
            self.balanced()?;
        }
        loop {
            if self.take("ON") {
                self.word()?;
                let _ = self.take("SET") || self.take("NO");
                self.word()?;
            } else if self.take("MATCH") {
                self.name()?;
            } else if self.is("DEFERRABLE") || (self.is("NOT") && self.is_after(1, "DEFERRABLE")) {
                let _ = self.take("NOT");
                self.expect("DEFERRABLE")?;
                if self.take("INITIALLY") {
                    self.word()?;
                }
            } else {
                return Ok(());
            }
        }
    }

    fn on_conflict(&mut self) -> Result<(), NotUnderstood> {
        if self.is("ON") && self.is_after(1, "CONFLICT") {
            self.at += 2;
            self.word()?;
        }
        Ok(())
    }

    /// Columns in parentheses, and whether the list says AUTOINCREMENT.
    fn column_list(&mut self) -> Result<(Vec<String>, bool), NotUnderstood> {
        let open = self.at;
        self.balanced()?;
        let inside = &self.tokens[open + 1..self.at - 1];
        let mut names = Vec::new();
        let mut depth = 0_usize;
        let mut first = true;
        for token in inside {
            let text = &self.text[token.span.clone()];
            match text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    first = true;
                    continue;
                }
                _ if first => names.push(unquoted(text)),
                _ => {}
            }
            first = false;
        }
        let numbered = inside.last().is_some_and(|token| {
            token.kind == PieceKind::Word
                && self.text[token.span.clone()].eq_ignore_ascii_case("AUTOINCREMENT")
        });
        Ok((names, numbered))
    }

    /// Everything from a parenthesis to its closing one.
    fn balanced(&mut self) -> Result<(), NotUnderstood> {
        self.expect_sign('(')?;
        let mut depth = 1;
        while depth > 0 {
            match self.sign() {
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                _ if self.peek().is_none() => return Err(self.not_understood()),
                _ => {}
            }
            self.at += 1;
        }
        Ok(())
    }

    fn begins_constraint(&self) -> bool {
        ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"]
            .iter()
            .any(|word| self.is(word))
    }

    fn begins_clause(&self) -> bool {
        let plain = [
            "CONSTRAINT",
            "PRIMARY",
            "NOT",
            "NULL",
            "UNIQUE",
            "CHECK",
            "DEFAULT",
            "COLLATE",
            "REFERENCES",
            "AS",
        ];
        plain.iter().any(|word| self.is(word))
            || (self.is("GENERATED") && self.is_after(1, "ALWAYS"))
    }

    fn name(&mut self) -> Result<Range<usize>, NotUnderstood> {
        match self.peek() {
            Some(token) if is_name(token) => {
                let span = token.span.clone();
                self.at += 1;
                Ok(span)
            }
            _ => Err(self.not_understood()),
        }
    }

    fn word(&mut self) -> Result<(), NotUnderstood> {
        self.name().map(drop)
    }

    fn peek(&self) -> Option<&'t Piece> {
        self.tokens.get(self.at)
    }

    fn is(&self, word: &str) -> bool {
        self.is_after(0, word)
    }

    fn is_after(&self, distance: usize, word: &str) -> bool {
        self.tokens.get(self.at + distance).is_some_and(|token| {
            token.kind == PieceKind::Word
                && self.text[token.span.clone()].eq_ignore_ascii_case(word)
        })
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, word: &str) -> Result<(), NotUnderstood> {
        match self.take(word) {
            true => Ok(()),
            false => Err(self.not_understood()),
        }
    }

    fn sign(&self) -> Option<char> {
        let token = self.peek().filter(|token| token.kind == PieceKind::Sign)?;
        self.text[token.span.clone()].chars().next()
    }

    fn is_sign(&self, sign: char) -> bool {
        self.sign() == Some(sign)
    }

    fn take_sign(&mut self, sign: char) -> bool {
        let found = self.is_sign(sign);
        self.at += usize::from(found);
        found
    }

    fn expect_sign(&mut self, sign: char) -> Result<Range<usize>, NotUnderstood> {
        match self.peek() {
            Some(token) if self.is_sign(sign) => {
                self.at += 1;
                Ok(token.span.clone())
            }
            _ => Err(self.not_understood()),
        }
    }

    /// The text of the tokens from one to the current one.
    fn span_from(&self, start: usize) -> Range<usize> {
        let start_at = self
            .tokens
            .get(start)
            .map_or(self.text.len(), |token| token.span.start);
        let end = match self.at > start {
            true => self.tokens[self.at - 1].span.end,
            false => start_at,
        };
        start_at..end
    }

    fn not_understood(&self) -> NotUnderstood {
        NotUnderstood {
            at: self
                .peek()
                .map_or(self.text.len(), |token| token.span.start),
        }
    }
}
