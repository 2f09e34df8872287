//! One revision file: its text, and the revisions in it. An SQL folder has the same form, with one
//! revision.
//!
//! Reads what declares revisions and goes past the rest, bodies above all, with no more
//! understanding than delimiters need. It must not know of other files.

mod items;
pub(super) mod sql_folder;

use std::path::PathBuf;

use super::attribute::{Declaration, Mistake, Word};
use super::token::{LexError, Position, Span};
use migrate_graph::Header;
use migrate_graph::problem::Part;
pub use sql_folder::SqlFolder;
use sql_folder::SqlTexts;

/// A file with revisions, or one that belongs to them.
#[derive(Clone, Debug)]
pub struct RevisionFile {
    /// Where it is, relative to the package.
    pub path: PathBuf,
    /// The whole text, for excerpts.
    pub text: String,
    /// The revisions, in the order of the file.
    pub revisions: Vec<SourceRevision>,
    /// Why the text cannot be read as Rust; then there are no revisions.
    pub error: Option<LexError>,
    /// The SQL folder that this represents. Then `path` and `text` are those of its
    /// `metadata.toml`, or otherwise of its `up.sql`.
    pub sql: Option<SqlFolder>,
    /// The other texts of an SQL folder.
    pub(super) sql_texts: SqlTexts,
    /// The functions that are not within others.
    pub(super) functions: Vec<Function>,
}

/// A function of a file, whether it is a revision's or not.
#[derive(Clone, Debug)]
pub(super) struct Function {
    /// The inline modules of the file that it is in.
    pub(super) modules: Vec<String>,
    /// Its name.
    pub(super) name: Span,
    /// What follows the name: from the parameters to the end of the body.
    pub(super) rest: Span,
}

/// A revision as a file declares it.
#[derive(Clone, Debug)]
pub struct SourceRevision {
    /// What the attribute declares.
    pub declaration: Declaration<Span>,
    /// What is wrong with the attribute, or with its place.
    pub mistakes: Vec<Mistake<Span>>,
    /// The doc comment of the function; its first line is the message.
    pub doc: String,
    /// The attribute, from `#` to `]`.
    pub attribute: Span,
    /// The function's name, if the attribute is on a function.
    pub function: Option<Word<Span>>,
    /// The line of the function's name, or else of the attribute; from 1.
    pub line: u32,
    /// The inline modules of the file that the function is in.
    pub modules: Vec<String>,
}

impl RevisionFile {
    /// Reads the text of a file.
    ///
    /// ```
    /// use migrate_source::RevisionFile;
    ///
    /// let text = "
    ///     /// Create users.
    ///     #[revision(id = \"a\", down_revision = None, irreversible)]
    ///     fn upgrade(op: &mut Operations) -> Result<()> { Ok(()) }
    /// ";
    /// let file = RevisionFile::parse("migrations/a.rs", text);
    /// let header = file.revisions[0].header().unwrap();
    /// assert_eq!((header.id.as_str(), header.message.as_str()), ("a", "Create users."));
    /// ```
    pub fn parse(path: impl Into<PathBuf>, text: impl Into<String>) -> RevisionFile {
        let text = text.into();
        let (items, error) = match items::read(&text) {
            Ok(items) => (items, None),
            Err(error) => (items::Found::default(), Some(error)),
        };
        RevisionFile {
            path: path.into(),
            text,
            revisions: items.revisions,
            error,
            sql: None,
            sql_texts: SqlTexts::default(),
            functions: items.functions,
        }
    }

    /// The line and column of a span in this file.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        span.position(&self.text)
    }
}

impl SourceRevision {
    /// What the revision declares, if it has an id.
    #[must_use]
    pub fn header(&self) -> Option<Header> {
        self.declaration.header(self.message())
    }

    /// The message: the first line of its doc comment, or an empty string.
    #[must_use]
    pub fn message(&self) -> &str {
        self.doc.lines().next().unwrap_or_default()
    }

    /// The place of a part of the header, or of the attribute if the part is missing.
    #[must_use]
    pub fn span(&self, part: Part) -> Span {
        self.declaration
            .span(part)
            .copied()
            .unwrap_or(self.attribute)
    }
}

/// Joins the parts of a doc comment, each as it stands after its marker.
///
/// ```
/// use migrate_source::doc_text;
/// assert_eq!(doc_text([" Add a table.", "", "   - indented "]), "Add a table.\n\n  - indented");
/// assert_eq!(doc_text(["\n * One.\n * Two.\n "]), "One.\nTwo.");
/// ```
pub fn doc_text<'part>(parts: impl IntoIterator<Item = &'part str>) -> String {
    let mut text = String::new();
    for part in parts {
        let block = part.contains('\n');
        for line in part.lines() {
            let line = if block { without_star(line) } else { line };
            text.push_str(line.strip_prefix(' ').unwrap_or(line).trim_end());
            text.push('\n');
        }
        if part.is_empty() {
            text.push('\n');
        }
    }
    text.trim_matches('\n').trim().to_owned()
}

/// A line of a block comment without its margin.
fn without_star(line: &str) -> &str {
    let trimmed = line.trim_start();
    trimmed.strip_prefix('*').unwrap_or(trimmed)
}

#[cfg(test)]
mod tests;
