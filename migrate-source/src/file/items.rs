//! Finds the revisions among the items of a file, and the functions that may belong to them.
//!
//! An item is taken to end with its first `;` or `{…}` outside of other groups. That is not so
//! for all of Rust, but what is left over after a wrong guess (`= A { b: c } + 1;`) never looks
//! like an attribute, a module or a function.

use super::super::attribute::{Declaration, Mistake, MistakeKind, Word};
use super::super::token::{
    Kind, LexError, LexErrorKind, Lexer, Span, Token, closing, string_value,
};
use super::{Function, SourceRevision, doc_text};

/// What a file has.
#[derive(Default)]
pub(super) struct Found {
    pub(super) revisions: Vec<SourceRevision>,
    pub(super) functions: Vec<Function>,
}

/// The revisions and functions of a file.
///
/// # Errors
///
/// The text is not Rust as far as delimiters and literals go.
pub(super) fn read(text: &str) -> Result<Found, LexError> {
    if let Some(span) = conflict(text) {
        let kind = LexErrorKind::Conflict;
        return Err(LexError { kind, span });
    }
    let mut items = Items {
        text,
        lexer: Lexer::new(text),
        found: Found::default(),
        line: (0, 1),
    };
    items.read(&mut Vec::new(), None)?;
    Ok(items.found)
}

/// The first mark of an unresolved conflict: lines that begin with `<<<<<<<`, `=======` and
/// `>>>>>>>`, in this order.
fn conflict(text: &str) -> Option<Span> {
    let mut begun = None;
    let mut divided = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") {
            begun = Some(Span::new(offset, offset + line.trim_end().len()));
            divided = false;
        } else if line.trim_end() == "=======" {
            divided = begun.is_some();
        } else if divided && line.starts_with(">>>>>>> ") {
            return begun;
        }
        offset += line.len();
    }
    None
}

struct Items<'text> {
    text: &'text str,
    lexer: Lexer<'text>,
    found: Found,
    /// An offset and its line, so that lines are counted only once.
    line: (usize, u32),
}

/// An inline module on the way to an item.
struct Module {
    name: String,
    public: bool,
    conditional: bool,
}

/// What precedes an item.
#[derive(Default)]
struct Outer<'text> {
    docs: Vec<Token<'text, Span>>,
    revision: Option<Attribute<'text>>,
    conditional: Option<Span>,
}

/// A `#[revision(…)]`: its place, and the tokens between the parentheses.
struct Attribute<'text> {
    span: Span,
    tokens: Vec<Token<'text, Span>>,
}

/// How an item begins, as far as its first `;` or `{`.
#[derive(Default)]
struct Start {
    function: Option<Word<Span>>,
    module: Option<String>,
    public: bool,
    /// The `{`, if the item has one.
    body: Option<Span>,
}

impl<'text> Items<'text> {
    fn next(&mut self) -> Result<Option<Token<'text, Span>>, LexError> {
        self.lexer.next().transpose()
    }

    /// Reads items up to the end of the file, or of the module that was opened here.
    fn read(&mut self, modules: &mut Vec<Module>, opened: Option<Span>) -> Result<(), LexError> {
        let mut outer = Outer::default();
        while let Some(token) = self.next()? {
            match token.kind {
                Kind::Doc { inner: false } => outer.docs.push(token),
                Kind::Doc { inner: true } | Kind::Punct(';') => {}
                Kind::Punct('#') => self.attribute(token.span, &mut outer)?,
                Kind::Close('}') if opened.is_some() => return Ok(()),
                _ => {
                    let start = self.start(token)?;
                    self.item(std::mem::take(&mut outer), start, modules)?;
                }
            }
        }
        match opened {
            Some(span) => Err(LexError {
                kind: LexErrorKind::Unclosed('{'),
                span,
            }),
            None => Ok(()),
        }
    }

    /// After `#`: an attribute, which is kept if it matters.
    fn attribute(&mut self, hash: Span, outer: &mut Outer<'text>) -> Result<(), LexError> {
        let mut next = self.next()?;
        let inner = next
            .as_ref()
            .is_some_and(|token| token.kind == Kind::Punct('!'));
        if inner {
            next = self.next()?;
        }
        let Some(open) = next.filter(|token| token.kind == Kind::Open('[')) else {
            return Ok(());
        };
        let mut tokens = Vec::new();
        let close = self.group(open.span, '[', |token| tokens.push(token))?;
        if inner {
            return Ok(());
        }
        let in_path = |token: &&Token<'_, _>| matches!(token.kind, Kind::Ident | Kind::Punct(':'));
        let path = tokens.iter().take_while(in_path).count();
        match tokens[..path].last().map(|token| &*token.text) {
            Some("cfg") => outer.conditional = Some(hash.to(close)),
            Some("revision") => {
                let tokens = arguments(tokens.split_off(path));
                outer.revision = Some(Attribute {
                    span: hash.to(close),
                    tokens,
                });
            }
            Some("doc") => outer.docs.extend(doc_attribute(&tokens)),
            _ => {}
        }
        Ok(())
    }

    /// The beginning of the item whose first token this is.
    fn start(&mut self, first: Token<'text, Span>) -> Result<Start, LexError> {
        let mut start = Start::default();
        let mut last = String::new();
        let mut next = Some(first);
        while let Some(token) = next {
            match token.kind {
                Kind::Punct(';') => break,
                Kind::Open('{') => {
                    start.body = Some(token.span);
                    break;
                }
                Kind::Open(open) => {
                    self.group(token.span, open, |_| {})?;
                }
                Kind::Close(close) => {
                    let kind = LexErrorKind::Unopened(close);
                    return Err(LexError {
                        kind,
                        span: token.span,
                    });
                }
                Kind::Ident => start.identifier(&last, &token),
                _ => {}
            }
            last.clear();
            last.push_str(&token.text);
            next = self.next()?;
        }
        Ok(start)
    }

    /// An item whose beginning has been read: notes it if it is a revision, and goes past it.
    fn item(
        &mut self,
        outer: Outer<'text>,
        start: Start,
        modules: &mut Vec<Module>,
    ) -> Result<(), LexError> {
        let conditional = outer.conditional.is_some();
        self.revision(outer, &start, modules);
        let Some(body) = start.body else {
            return Ok(());
        };
        let Some(name) = start.module else {
            let end = self.group(body, '{', |_| {})?;
            self.function(start.function.as_ref(), end, modules);
            return Ok(());
        };
        modules.push(Module {
            name,
            public: start.public,
            conditional,
        });
        self.read(modules, Some(body))?;
        modules.pop();
        Ok(())
    }

    fn function(&mut self, name: Option<&Word<Span>>, end: Span, modules: &[Module]) {
        let Some(Word { span: name, .. }) = name else {
            return;
        };
        let after = Span {
            start: name.end,
            end: name.end,
        };
        self.found.functions.push(Function {
            modules: modules.iter().map(|module| module.name.clone()).collect(),
            name: *name,
            rest: after.to(end),
        });
    }

    fn revision(&mut self, outer: Outer<'text>, start: &Start, modules: &[Module]) {
        let Some(Attribute { span, tokens }) = outer.revision else {
            return;
        };
        let (declaration, mut mistakes) = Declaration::read(&tokens, &span);
        let at = start
            .function
            .as_ref()
            .map_or(span, |function| function.span);
        let mut mistake = |kind, span| mistakes.push(Mistake { kind, span });
        if start.function.is_none() {
            mistake(MistakeKind::NotAFunction, span);
        }
        if let Some(cfg) = outer.conditional {
            mistake(MistakeKind::Conditional, cfg);
        } else if modules.iter().any(|module| module.conditional) {
            mistake(MistakeKind::Conditional, at);
        }
        if let Some(module) = modules.iter().find(|module| !module.public) {
            mistake(MistakeKind::PrivateModule(module.name.clone()), at);
        }
        let line = self.line_of(at);
        self.found.revisions.push(SourceRevision {
            declaration,
            mistakes,
            doc: doc_text(outer.docs.iter().map(|doc| &*doc.text)),
            attribute: span,
            line,
            function: start.function.clone(),
            modules: modules.iter().map(|module| module.name.clone()).collect(),
        });
    }

    fn line_of(&mut self, span: Span) -> u32 {
        let (offset, line) = self.line;
        let end = span.range().start;
        let newlines = self.text.as_bytes()[offset..end]
            .iter()
            .filter(|byte| **byte == b'\n');
        self.line = (end, line + u32::try_from(newlines.count()).unwrap_or(0));
        self.line.1
    }

    /// Goes past a group whose opening delimiter has been read; returns its closing one.
    fn group(
        &mut self,
        open: Span,
        delimiter: char,
        mut each: impl FnMut(Token<'text, Span>),
    ) -> Result<Span, LexError> {
        let mut opened = vec![(delimiter, open)];
        while let Some(token) = self.next()? {
            let span = token.span;
            match token.kind {
                Kind::Open(delimiter) => opened.push((delimiter, span)),
                Kind::Close(close) => {
                    // the group itself was put there first, so there always is one
                    if let Some((open, span)) = opened.pop()
                        && closing(open) != close
                    {
                        let kind = LexErrorKind::Unclosed(open);
                        return Err(LexError { kind, span });
                    }
                    if opened.is_empty() {
                        return Ok(span);
                    }
                }
                _ => {}
            }
            each(token);
        }
        let (open, span) = opened.pop().unwrap_or((delimiter, open));
        Err(LexError {
            kind: LexErrorKind::Unclosed(open),
            span,
        })
    }
}

impl Start {
    /// Takes note of an identifier, given the token before it.
    fn identifier(&mut self, last: &str, token: &Token<'_, Span>) {
        match (last, &*token.text) {
            ("fn", name) if self.function.is_none() => {
                self.function = Some(Word {
                    text: name.to_owned(),
                    span: token.span,
                });
            }
            ("mod", name) => self.module = Some(name.to_owned()),
            (_, "pub") => self.public = true,
            _ => {}
        }
    }
}

/// What is between the parentheses after the attribute's path.
fn arguments<'text>(mut tokens: Vec<Token<'text, Span>>) -> Vec<Token<'text, Span>> {
    if tokens
        .first()
        .is_some_and(|token| token.kind == Kind::Open('('))
    {
        tokens.pop();
        tokens.remove(0);
    }
    tokens
}

/// The text of `#[doc = "…"]`, as if it were a comment.
fn doc_attribute<'text>(tokens: &[Token<'text, Span>]) -> Option<Token<'text, Span>> {
    let [_, equals, literal] = tokens else {
        return None;
    };
    let text = string_value(&literal.text)?.into();
    let kind = Kind::Doc { inner: false };
    (equals.kind == Kind::Punct('=')).then_some(Token {
        kind,
        text,
        span: literal.span,
    })
}
