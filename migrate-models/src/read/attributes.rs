//! The attributes before a declaration: which of them are `migrate`, in which of its forms, and
//! what the others say that matters here. It must not know the keys of `migrate`.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use super::cfg::Cfg;
use super::items::{Value, is_punct, items, key, text};
use super::reader::Reader;

/// The attributes of one declaration.
pub(crate) struct Attributes {
    /// What all its `migrate(…)` say.
    pub(crate) items: Vec<Vec<TokenTree>>,
    /// Its documentation.
    pub(crate) doc: Option<String>,
    /// The conditions on it.
    pub(crate) cfg: Cfg,
    /// Where the conditions are.
    pub(crate) cfg_span: Option<Span>,
    /// Where diesel's `#[auto_increment]` is.
    pub(crate) auto_increment: Option<Span>,
}

impl Attributes {
    /// Of a declaration that diesel's grammar has read.
    pub(crate) fn of(reader: &mut Reader<'_>, attributes: &[syn::Attribute]) -> Attributes {
        let contents = attributes.iter().map(|attribute| {
            use quote::ToTokens;
            attribute.meta.to_token_stream()
        });
        Attributes::read(reader, contents)
    }

    /// Of what is within `#[…]`, one after the other.
    pub(crate) fn read(
        reader: &mut Reader<'_>,
        contents: impl IntoIterator<Item = TokenStream>,
    ) -> Attributes {
        let mut attributes = Attributes {
            items: Vec::new(),
            doc: None,
            cfg: Cfg::Always,
            cfg_span: None,
            auto_increment: None,
        };
        for content in contents {
            let content = super::items::flat(content);
            let (path, rest) = path(&content);
            let Some(last) = path.last() else {
                continue;
            };
            match (last.0.as_str(), rest) {
                ("migrate", rest) => attributes.migrate(reader, last.1, rest),
                ("cfg_attr", [TokenTree::Group(group)]) => attributes.conditional(reader, group),
                ("cfg", [TokenTree::Group(group)]) => {
                    let before = std::mem::replace(&mut attributes.cfg, Cfg::Always);
                    attributes.cfg = before.and(Cfg::of(group.stream()));
                    attributes.cfg_span = Some(last.1);
                }
                ("doc", [equals, value @ ..]) if is_punct(equals, '=') => {
                    attributes.doc(text(value));
                }
                ("auto_increment", []) => attributes.auto_increment = Some(last.1),
                _ => {}
            }
        }
        attributes
    }

    fn migrate(&mut self, reader: &mut Reader<'_>, span: Span, rest: &[TokenTree]) {
        match rest {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
                self.items.extend(items(group.stream()));
            }
            _ => reader.problem(
                span,
                "`migrate` takes keys in parentheses",
                "write such as `#[migrate(unique)]` or `#[migrate(default = 0)]`",
            ),
        }
    }

    /// `cfg_attr(false, migrate(…))`: whatever the condition is, models are the same.
    fn conditional(&mut self, reader: &mut Reader<'_>, group: &Group) {
        for item in items(group.stream()).iter().skip(1) {
            let (path, rest) = path(item);
            match path.last() {
                Some((name, span)) if name == "migrate" => self.migrate(reader, *span, rest),
                _ => {}
            }
        }
    }

    fn doc(&mut self, line: Option<String>) {
        let Some(line) = line else {
            return;
        };
        let line = line.strip_prefix(' ').unwrap_or(&line).trim_end();
        match &mut self.doc {
            Some(doc) => {
                doc.push('\n');
                doc.push_str(line);
            }
            None => self.doc = Some(line.to_owned()),
        }
    }
}

/// The words of a path `a::b::c`, and what follows it.
pub(crate) fn path(trees: &[TokenTree]) -> (Vec<(String, Span)>, &[TokenTree]) {
    let mut words = Vec::new();
    let mut rest = trees;
    if let [first, second, after @ ..] = rest
        && is_punct(first, ':')
        && is_punct(second, ':')
    {
        rest = after;
    }
    while let [TokenTree::Ident(ident), after @ ..] = rest {
        words.push((ident.to_string(), ident.span()));
        match after {
            [first, second, next @ ..] if is_punct(first, ':') && is_punct(second, ':') => {
                rest = next;
            }
            after => return (words, after),
        }
    }
    (words, rest)
}

/// Whether a derive of one of these names is among the attributes: the whole path is looked at.
pub(crate) fn derives(contents: &[TokenStream], is_meant: impl Fn(&[&str]) -> bool) -> bool {
    contents.iter().any(|content| {
        let content = super::items::flat(content.clone());
        match key(&content) {
            Some((word, Value::Arguments(group))) if word.text == "derive" => {
                items(group.stream()).iter().any(|item| {
                    let (path, rest) = path(item);
                    let path: Vec<&str> = path.iter().map(|(name, _)| name.as_str()).collect();
                    rest.is_empty() && is_meant(&path)
                })
            }
            _ => false,
        }
    })
}
