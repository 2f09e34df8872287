//! The grammar of CREATE TABLE, over the tokens of its text. It must not know what is done with the
//! result.

use std::ops::Range;

use super::{
    Clause, ClauseKind, Column, Definition, Item, NotUnderstood, Place, Reference, is_name,
};
use crate::schema::{Action, Deferrable};
use crate::sql::{Piece, PieceKind, unquoted};

pub(super) struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Piece],
    at: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, tokens: &'t [Piece]) -> Parser<'t> {
        Parser {
            text,
            tokens,
            at: 0,
        }
    }

    pub(super) fn table(mut self) -> Result<Definition, NotUnderstood> {
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
        let mut clause = Clause {
            span: 0..0,
            body: 0..0,
            name: name_at.clone().map(|name| unquoted(&self.text[name])),
            name_at,
            kind: ClauseKind::Nothing,
            columns: Vec::new(),
            value: None,
            reference: None,
            stored: false,
            unusual: false,
        };
        clause.kind = self.body(of_table, &mut clause)?;
        clause.span = self.span_from(start);
        clause.body = match body < self.at {
            true => self.span_from(body),
            false => clause.span.end..clause.span.end,
        };
        Ok(clause)
    }

    /// What follows the name of a clause.
    fn body(&mut self, of_table: bool, clause: &mut Clause) -> Result<ClauseKind, NotUnderstood> {
        if self.take("PRIMARY") {
            self.expect("KEY")?;
            let mut autoincrement = false;
            if of_table {
                autoincrement = self.column_list(clause)?;
            }
            let _ = self.take("ASC");
            clause.unusual |= self.take("DESC");
            clause.unusual |= self.on_conflict()?;
            autoincrement |= self.take("AUTOINCREMENT") || self.take("AUTOINCR");
            return Ok(ClauseKind::PrimaryKey { autoincrement });
        }
        if self.take("UNIQUE") {
            if of_table {
                self.column_list(clause)?;
            }
            clause.unusual |= self.on_conflict()?;
            return Ok(ClauseKind::Unique);
        }
        if self.take("CHECK") {
            clause.value = Some(self.within()?);
            // SQLite reads it and ignores it
            self.on_conflict()?;
            return Ok(ClauseKind::Check);
        }
        if of_table && self.take("FOREIGN") {
            self.expect("KEY")?;
            self.column_list(clause)?;
            self.expect("REFERENCES")?;
            clause.reference = Some(self.reference()?);
            return Ok(ClauseKind::References);
        }
        if self.take("REFERENCES") {
            clause.reference = Some(self.reference()?);
            return Ok(ClauseKind::References);
        }
        if self.take("NOT") {
            self.expect("NULL")?;
            clause.unusual |= self.on_conflict()?;
            return Ok(ClauseKind::NotNull);
        }
        if self.take("NULL") {
            // SQLite reads it and ignores it
            self.on_conflict()?;
            return Ok(ClauseKind::Null);
        }
        if self.take("DEFAULT") {
            let start = self.at;
            self.default_value()?;
            clause.value = Some(self.span_from(start));
            return Ok(ClauseKind::Default);
        }
        if self.take("COLLATE") {
            clause.value = Some(self.name()?);
            return Ok(ClauseKind::Collate);
        }
        if self.take("GENERATED") {
            self.expect("ALWAYS")?;
            self.expect("AS")?;
            return self.generated(clause);
        }
        if self.take("AS") {
            return self.generated(clause);
        }
        match self.is_sign(',') || self.is_sign(')') || self.is("CONSTRAINT") {
            true => Ok(ClauseKind::Nothing),
            false => Err(self.not_understood()),
        }
    }

    fn generated(&mut self, clause: &mut Clause) -> Result<ClauseKind, NotUnderstood> {
        clause.value = Some(self.within()?);
        clause.stored = self.take("STORED");
        let _ = clause.stored || self.take("VIRTUAL");
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

    /// The part after REFERENCES. The last of two clauses counts.
    fn reference(&mut self) -> Result<Reference, NotUnderstood> {
        let mut reference = Reference {
            table: self.owned_name()?,
            ..Reference::default()
        };
        if self.is_sign('(') {
            let open = self.at;
            self.balanced()?;
            let inside = &self.tokens[open + 1..self.at - 1];
            let names = inside.iter().filter(|token| is_name(token));
            let name = |token: &Piece| unquoted(&self.text[token.span.clone()]);
            reference.columns = names.map(name).collect();
        }
        loop {
            if self.take("ON") {
                let is_delete = self.take("DELETE");
                let is_update = !is_delete && self.take("UPDATE");
                if !is_delete && !is_update {
                    self.expect("INSERT")?; // which SQLite ignores
                }
                let action = self.action()?;
                if is_delete {
                    reference.on_delete = action;
                } else if is_update {
                    reference.on_update = action;
                }
            } else if self.take("MATCH") {
                self.name()?; // SQLite always matches simply
            } else if self.is("DEFERRABLE") || (self.is("NOT") && self.is_after(1, "DEFERRABLE")) {
                let never = self.take("NOT");
                self.expect("DEFERRABLE")?;
                let deferred = self.take("INITIALLY") && {
                    let deferred = self.is("DEFERRED");
                    self.word()?;
                    deferred
                };
                reference.deferrable = match (never, deferred) {
                    (true, _) => None,
                    (false, true) => Some(Deferrable::InitiallyDeferred),
                    (false, false) => Some(Deferrable::InitiallyImmediate),
                };
            } else {
                return Ok(reference);
            }
        }
    }

    /// What a foreign key does; NO ACTION is nothing.
    fn action(&mut self) -> Result<Option<Action>, NotUnderstood> {
        Ok(if self.take("SET") {
            match self.take("NULL") {
                true => Some(Action::SetNull),
                false => {
                    self.expect("DEFAULT")?;
                    Some(Action::SetDefault)
                }
            }
        } else if self.take("CASCADE") {
            Some(Action::Cascade)
        } else if self.take("RESTRICT") {
            Some(Action::Restrict)
        } else {
            self.expect("NO")?;
            self.expect("ACTION")?;
            None
        })
    }

    /// Whether there is an ON CONFLICT clause that says more than the default.
    fn on_conflict(&mut self) -> Result<bool, NotUnderstood> {
        if !(self.is("ON") && self.is_after(1, "CONFLICT")) {
            return Ok(false);
        }
        self.at += 2;
        let is_default = self.is("ABORT");
        self.word()?;
        Ok(!is_default)
    }

    /// Columns in parentheses, and whether the list says AUTOINCREMENT.
    fn column_list(&mut self, clause: &mut Clause) -> Result<bool, NotUnderstood> {
        let open = self.at;
        self.balanced()?;
        let mut numbered = false;
        let mut depth = 0_usize;
        let mut first = true;
        for token in &self.tokens[open + 1..self.at - 1] {
            let text = &self.text[token.span.clone()];
            let is = |word: &str| token.kind == PieceKind::Word && text.eq_ignore_ascii_case(word);
            match text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    first = true;
                    continue;
                }
                _ if first => clause.columns.push(unquoted(text)),
                _ => {
                    numbered = is("AUTOINCREMENT") || is("AUTOINCR");
                    clause.unusual |= is("DESC") || is("COLLATE");
                }
            }
            first = false;
        }
        Ok(numbered)
    }

    /// What is between the parentheses that come next.
    fn within(&mut self) -> Result<Range<usize>, NotUnderstood> {
        let open = self.at;
        self.balanced()?;
        Ok(self.tokens[open].span.end..self.tokens[self.at - 1].span.start)
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

    fn owned_name(&mut self) -> Result<String, NotUnderstood> {
        self.name().map(|name| unquoted(&self.text[name]))
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
