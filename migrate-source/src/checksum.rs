//! The checksum of a revision in Rust: of the code that is executed, without its layout.
//!
//! Comments, documentation and white space do not count, nor what rustfmt adds and takes away: a
//! comma at the end of a list, the braces around the one expression of a closure or of an arm. The
//! tokens come from the file and not from the compiler, whose macros see one function at a time and
//! whose tokens are cut differently by each version; so both functions of a revision are read in
//! one way. Functions that a body calls are not followed: this module must know one file only.

use super::attribute::{Declaration, Downgrade, Word};
use super::file::{Function, RevisionFile, SourceRevision};
use super::token::{Kind, Lexer, Span, Token, string_value};
use migrate_graph::checksum::{Checksum, Digest};

impl RevisionFile {
    /// The checksum of one of this file's revisions: its function, its downgrade function if that
    /// is in the same file (otherwise only its name), and whether it runs in a transaction.
    ///
    /// Names, places and parents do not count.
    ///
    /// ```
    /// use migrate_source::RevisionFile;
    ///
    /// let checksum = |body: &str| {
    ///     let attribute = "#[revision(id = \"a\", down_revision = None, irreversible)]";
    ///     let file = RevisionFile::parse("a.rs", format!("{attribute} fn up(op: &mut Operations) {body}"));
    ///     file.checksum(&file.revisions[0])
    /// };
    /// assert_eq!(checksum("{ op.a(1, 2) }"), checksum("{\n  op.a(1, 2,) // why\n}"));
    /// assert_ne!(checksum("{ op.a(1, 2) }"), checksum("{ op.a(1, 3) }"));
    /// ```
    #[must_use]
    pub fn checksum(&self, revision: &SourceRevision) -> Checksum {
        if self.sql.is_some() {
            return self.sql_checksum(revision);
        }
        let mut digest = Digest::default();
        digest.piece(b"rust");
        digest.piece(&[u8::from(revision.declaration.transaction)]);
        for function in &self.functions {
            if revision
                .function
                .as_ref()
                .is_some_and(|name| name.span == function.name)
            {
                self.digest(function, &mut digest);
            }
        }
        digest.mark();
        self.digest_downgrade(&revision.declaration, &revision.modules, &mut digest);
        digest.finish()
    }

    fn digest_downgrade(
        &self,
        declaration: &Declaration<Span>,
        modules: &[String],
        digest: &mut Digest,
    ) {
        match &declaration.downgrade {
            Some(Downgrade::Function(path)) => {
                digest.piece(b"function");
                let found = || self.functions_at(path, modules);
                if found().next().is_none() {
                    path.iter()
                        .for_each(|word| digest.piece(word.text.as_bytes()));
                }
                // more than one, if each is for another configuration
                found().for_each(|function| self.digest(function, digest));
            }
            Some(Downgrade::Reversible(_)) => digest.piece(b"reversible"),
            Some(Downgrade::Irreversible(_)) | None => digest.piece(b"irreversible"),
            Some(Downgrade::Nothing(_)) => digest.piece(b"nothing"),
        }
    }

    /// The functions of this file that a path from within these modules leads to.
    pub(super) fn functions_at(
        &self,
        path: &[Word<Span>],
        modules: &[String],
    ) -> impl Iterator<Item = &Function> {
        let wanted = resolve(path, modules);
        self.functions.iter().filter(move |function| {
            wanted.as_ref().is_some_and(|(modules, name)| {
                function.modules == *modules && self.text[function.name.range()] == **name
            })
        })
    }

    fn digest(&self, function: &Function, digest: &mut Digest) {
        let text = &self.text[function.rest.range()];
        let (mut lexer, mut tokens) = (Lexer::new(text), Vec::new());
        // the file was read to its end before
        while let Some(Ok(token)) = lexer.next() {
            if !matches!(token.kind, Kind::Doc { .. }) {
                tokens.push(token);
            }
        }
        let layout = layout(&tokens);
        for (at, token) in tokens.iter().enumerate() {
            match layout[at] {
                Layout::Counts => digest.piece(canonical(token).as_bytes()),
                Layout::Comma => digest.piece(b","),
                Layout::Nothing => {}
            }
        }
        digest.mark();
    }
}

/// The modules and the name that a path means, if it stays within the file.
fn resolve(path: &[Word<Span>], from: &[String]) -> Option<(Vec<String>, String)> {
    let mut words = path
        .iter()
        .map(|word| word.text.as_str())
        .filter(|word| *word != ":");
    let name = words.next_back()?.to_owned();
    let mut modules = from.to_vec();
    for word in words {
        match word {
            "self" => {}
            "super" => {
                modules.pop()?;
            }
            "crate" => return None,
            name => modules.push(name.to_owned()),
        }
    }
    Some((modules, name))
}

/// What a token is when the layout is taken away.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Counts,
    /// Something else, in the place of a comma that another layout would have.
    Comma,
    Nothing,
}

/// Looks at each token once, with the delimiters that are open around it.
fn layout(tokens: &[Token<'_, Span>]) -> Vec<Layout> {
    let mut layout = vec![Layout::Counts; tokens.len()];
    let mut open: Vec<Opened> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = || tokens.get(at + 1).map(|token| token.kind);
        match token.kind {
            Kind::Open(_) => open.push(Opened {
                at,
                has_statement: false,
                before: before(tokens, at),
            }),
            Kind::Punct(';') => {
                if let Some(opened) = open.last_mut() {
                    opened.has_statement = true;
                }
            }
            Kind::Punct(',') if matches!(next(), Some(Kind::Close(_))) => {
                layout[at] = Layout::Nothing;
            }
            Kind::Close(_) => {
                if let Some(opened) = open.pop() {
                    opened.close(at, next(), &mut layout);
                }
            }
            _ => {}
        }
    }
    layout
}

/// A delimiter that was opened.
struct Opened {
    at: usize,
    /// Whether a `;` is directly within.
    has_statement: bool,
    before: Before,
}

/// What precedes a `{`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// `=>`
    Arrow,
    /// The parameters of a closure.
    Bar,
    Other,
}

fn before(tokens: &[Token<'_, Span>], at: usize) -> Before {
    let kind = |back: usize| at.checked_sub(back).map(|at| tokens[at].kind);
    match (tokens[at].kind, kind(2), kind(1)) {
        (Kind::Open('{'), Some(Kind::Punct('=')), Some(Kind::Punct('>'))) => Before::Arrow,
        (Kind::Open('{'), _, Some(Kind::Punct('|'))) => Before::Bar,
        _ => Before::Other,
    }
}

impl Opened {
    /// Judges the braces when they are closed at this token, which `next` follows.
    fn close(self, at: usize, next: Option<Kind>, layout: &mut [Layout]) {
        let is_expression = !self.has_statement && at > self.at + 1;
        let comma_follows = next == Some(Kind::Punct(','));
        let is_last = matches!(next, Some(Kind::Close(_)) | None);
        match self.before {
            Before::Other => {}
            Before::Bar if is_expression => {
                layout[self.at] = Layout::Nothing;
                layout[at] = Layout::Nothing;
            }
            Before::Bar => {}
            Before::Arrow if is_expression => {
                layout[self.at] = Layout::Nothing;
                layout[at] = if comma_follows || is_last {
                    Layout::Nothing
                } else {
                    Layout::Comma
                };
            }
            // an arm that stays a block needs no comma, and may have one
            Before::Arrow if comma_follows => layout[at + 1] = Layout::Nothing,
            Before::Arrow => {}
        }
    }
}

/// How a token is written, if it is written in one way only.
fn canonical<'token>(token: &'token Token<'_, Span>) -> std::borrow::Cow<'token, str> {
    if token.kind != Kind::Literal || !token.text.contains('"') {
        return (&*token.text).into();
    }
    // the line ends of a checkout: the compiler reads them as one character too
    let text = token.text.replace("\r\n", "\n");
    match string_value(&text) {
        Some(value) => format!("\"{value}").into(),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests;
