//! Parses the text of a CREATE TABLE: columns with their clauses, and the table's constraints, each
//! with its place. It reads what SQLite has accepted, and refuses what it does not understand.

mod parser;

use std::ops::Range;

use parser::Parser;

use crate::backend::BackendKind;
use crate::schema::{Action, Deferrable};
use crate::sql::{Dialect, Piece, PieceKind, pieces, unquoted};

/// The tokens of a text, each with its place. Spaces and comments lie between them, so that an edit
/// can leave them alone.
pub(in crate::backend::sqlite) fn tokens(text: &str) -> Vec<Piece> {
    pieces(text, Dialect::of(BackendKind::Sqlite))
        .filter(Piece::is_token)
        .collect()
}

/// Whether a token can be a name.
pub(in crate::backend::sqlite) fn is_name(token: &Piece) -> bool {
    matches!(token.kind, PieceKind::Word | PieceKind::Quoted)
}

/// Whether a token is this keyword.
pub(in crate::backend::sqlite) fn is_word(text: &str, token: &Piece, word: &str) -> bool {
    token.kind == PieceKind::Word && text[token.span.clone()].eq_ignore_ascii_case(word)
}

/// The number of tokens from a parenthesis to its closing one; `None` if they do not begin with
/// one, or it does not close.
pub(in crate::backend::sqlite) fn enclosed(text: &str, tokens: &[Piece]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        match &text[token.span.clone()] {
            "(" => depth += 1,
            ")" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then_some(at + 1);
        }
    }
    None
}

/// Whether all tokens are within one pair of parentheses.
pub(in crate::backend::sqlite) fn encloses(text: &str, tokens: &[Piece]) -> bool {
    enclosed(text, tokens) == Some(tokens.len())
}

/// A parsed table definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::sqlite) struct Definition {
    /// The table's name, without its schema.
    pub(in crate::backend::sqlite) name: Range<usize>,
    /// Just after the opening parenthesis.
    pub(in crate::backend::sqlite) start: usize,
    /// The columns.
    pub(in crate::backend::sqlite) columns: Vec<Column>,
    /// The constraints that follow the columns.
    pub(in crate::backend::sqlite) constraints: Vec<Item>,
    /// The words after the closing parenthesis, in upper case.
    pub(in crate::backend::sqlite) options: Vec<String>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::sqlite) struct Column {
    pub(in crate::backend::sqlite) name: String,
    /// The place of its name.
    pub(in crate::backend::sqlite) name_at: Range<usize>,
    /// The place of its type.
    pub(in crate::backend::sqlite) ty: Option<Range<usize>>,
    pub(in crate::backend::sqlite) clauses: Vec<Clause>,
    pub(in crate::backend::sqlite) place: Place,
}

/// A constraint that follows the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::sqlite) struct Item {
    pub(in crate::backend::sqlite) clause: Clause,
    pub(in crate::backend::sqlite) place: Place,
}

/// The place of a column or a constraint in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::sqlite) struct Place {
    pub(in crate::backend::sqlite) span: Range<usize>,
    /// The place of the comma after it.
    pub(in crate::backend::sqlite) comma: Option<usize>,
}

/// A clause of a column, or a constraint of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::backend::sqlite) struct Clause {
    /// With its name, if it has one.
    pub(in crate::backend::sqlite) span: Range<usize>,
    /// What follows its name.
    pub(in crate::backend::sqlite) body: Range<usize>,
    pub(in crate::backend::sqlite) name: Option<String>,
    /// The place of its name.
    pub(in crate::backend::sqlite) name_at: Option<Range<usize>>,
    pub(in crate::backend::sqlite) kind: ClauseKind,
    /// The columns that it lists in parentheses, before any reference.
    pub(in crate::backend::sqlite) columns: Vec<String>,
    /// The expression of a check or of a generated column, the value of a default, the name of a
    /// collation.
    pub(in crate::backend::sqlite) value: Option<Range<usize>>,
    /// What a foreign key references.
    pub(in crate::backend::sqlite) reference: Option<Reference>,
    /// Whether a generated column is stored.
    pub(in crate::backend::sqlite) stored: bool,
    /// It has an ON CONFLICT clause that SQLite obeys, or orders or collates its columns.
    pub(in crate::backend::sqlite) unusual: bool,
}

/// What a foreign key references, and when and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::backend::sqlite) struct Reference {
    pub(in crate::backend::sqlite) table: String,
    pub(in crate::backend::sqlite) columns: Vec<String>,
    pub(in crate::backend::sqlite) on_delete: Option<Action>,
    pub(in crate::backend::sqlite) on_update: Option<Action>,
    pub(in crate::backend::sqlite) deferrable: Option<Deferrable>,
}

/// The kinds of clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::backend::sqlite) enum ClauseKind {
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
pub(in crate::backend::sqlite) struct NotUnderstood {
    pub(in crate::backend::sqlite) at: usize,
}

impl Definition {
    /// Parses the text of a CREATE TABLE.
    pub(in crate::backend::sqlite) fn parse(text: &str) -> Result<Definition, NotUnderstood> {
        let tokens = tokens(text);
        Parser::new(text, &tokens).table()
    }

    pub(in crate::backend::sqlite) fn column(&self, name: &str) -> Option<&Column> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    pub(in crate::backend::sqlite) fn has_option(&self, words: &[&str]) -> bool {
        self.options.windows(words.len()).any(|part| part == words)
    }

    pub(in crate::backend::sqlite) fn is_strict(&self) -> bool {
        self.has_option(&["STRICT"])
    }

    pub(in crate::backend::sqlite) fn is_without_rowid(&self) -> bool {
        self.has_option(&["WITHOUT", "ROWID"])
    }

    /// Whether its rows are numbered by AUTOINCREMENT.
    pub(in crate::backend::sqlite) fn is_numbered(&self) -> bool {
        self.clauses().any(|clause| {
            clause.kind
                == ClauseKind::PrimaryKey {
                    autoincrement: true,
                }
        })
    }

    /// The column that is an alias of the rowid.
    pub(in crate::backend::sqlite) fn row_number(&self, text: &str) -> Option<&Column> {
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
    pub(in crate::backend::sqlite) fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.columns
            .iter()
            .flat_map(|column| &column.clauses)
            .chain(self.constraints.iter().map(|item| &item.clause))
    }

    /// All places of the list, in order.
    pub(in crate::backend::sqlite) fn places(&self) -> Vec<&Place> {
        self.columns
            .iter()
            .map(|column| &column.place)
            .chain(self.constraints.iter().map(|item| &item.place))
            .collect()
    }
}

impl Column {
    pub(in crate::backend::sqlite) fn clause(
        &self,
        kind: impl Fn(ClauseKind) -> bool,
    ) -> Option<&Clause> {
        self.clauses.iter().find(|clause| kind(clause.kind))
    }

    pub(in crate::backend::sqlite) fn is_generated(&self) -> bool {
        self.clause(|kind| kind == ClauseKind::Generated).is_some()
    }
}
