//! The parts of an attribute: items between commas, and the simple values in them. It must not know
//! which key has which value.

use proc_macro2::{Delimiter, Group, Literal, Span, TokenStream, TokenTree};

use super::reader::{Reader, Word};
use crate::{Literal as Default, SqlText};

/// The databases, as `only(…)` and SQL for one of them name them.
pub(crate) const BACKENDS: [&str; 4] = ["sqlite", "postgres", "mysql", "mariadb"];

/// The tokens without the invisible groups that a `macro_rules` puts around what it passes on.
pub(crate) fn flat(stream: TokenStream) -> Vec<TokenTree> {
    let mut trees = Vec::new();
    for tree in stream {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                trees.extend(flat(group.stream()));
            }
            tree => trees.push(tree),
        }
    }
    trees
}

/// What is between the commas; a comma at the end begins nothing.
pub(crate) fn items(stream: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut items = vec![Vec::new()];
    for tree in flat(stream) {
        if is_punct(&tree, ',') {
            items.push(Vec::new());
        } else if let Some(last) = items.last_mut() {
            last.push(tree);
        }
    }
    items.retain(|item| !item.is_empty());
    items
}

pub(crate) fn is_punct(tree: &TokenTree, char: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == char)
}

/// What follows a key.
pub(crate) enum Value<'t> {
    /// Nothing.
    None,
    /// `= …`
    Equals(&'t [TokenTree]),
    /// `(…)`
    Arguments(&'t Group),
    /// Something else.
    Other,
}

/// An item as a key with its value; nothing if it does not begin with a word.
pub(crate) fn key(item: &[TokenTree]) -> Option<(Word, Value<'_>)> {
    let [TokenTree::Ident(ident), rest @ ..] = item else {
        return None;
    };
    let value = match rest {
        [] => Value::None,
        [equals, value @ ..] if is_punct(equals, '=') && !value.is_empty() => Value::Equals(value),
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
            Value::Arguments(group)
        }
        _ => Value::Other,
    };
    Some((Word::of(ident), value))
}

/// Where an item begins.
pub(crate) fn start(item: &[TokenTree], otherwise: Span) -> Span {
    item.first().map_or(otherwise, TokenTree::span)
}

/// A string literal, if that is all there is.
pub(crate) fn text(trees: &[TokenTree]) -> Option<String> {
    match trees {
        [TokenTree::Literal(literal)] => string(literal),
        _ => None,
    }
}

fn string(literal: &Literal) -> Option<String> {
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

/// A name: a word or a string literal.
pub(crate) fn name(trees: &[TokenTree]) -> Option<String> {
    match trees {
        [TokenTree::Ident(ident)] => Some(Word::of(ident).text),
        trees => text(trees).filter(|name| !name.is_empty()),
    }
}

/// A whole number, perhaps negative.
pub(crate) fn integer(trees: &[TokenTree]) -> Option<i64> {
    let (negative, literal) = signed(trees)?;
    let digits = match syn::Lit::new(literal.clone()) {
        syn::Lit::Int(number) if number.suffix().is_empty() => number.base10_digits().to_owned(),
        _ => return None,
    };
    let sign = if negative { "-" } else { "" };
    format!("{sign}{digits}").parse().ok()
}

fn signed(trees: &[TokenTree]) -> Option<(bool, &Literal)> {
    match trees {
        [TokenTree::Literal(literal)] => Some((false, literal)),
        [minus, TokenTree::Literal(literal)] if is_punct(minus, '-') => Some((true, literal)),
        _ => None,
    }
}

/// The literal of a default.
pub(crate) fn default(trees: &[TokenTree]) -> Option<Default> {
    if let [TokenTree::Ident(ident)] = trees {
        return match ident.to_string().as_str() {
            "null" | "None" => Some(Default::Null),
            "true" => Some(Default::Bool(true)),
            "false" => Some(Default::Bool(false)),
            _ => None,
        };
    }
    if let Some(number) = integer(trees) {
        return Some(Default::Integer(number));
    }
    let (negative, literal) = signed(trees)?;
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Float(number) if number.suffix().is_empty() => {
            let value: f64 = number.base10_parse().ok()?;
            Some(Default::Double(if negative { -value } else { value }))
        }
        syn::Lit::Str(text) if !negative => Some(Default::Text(text.value())),
        syn::Lit::ByteStr(bytes) if !negative => Some(Default::Bytes(bytes.value())),
        _ => None,
    }
}

/// SQL: one text for all databases, or `(postgres = "…", mysql = "…")`. Nothing if it is neither;
/// a mistake within the parentheses is reported here.
pub(crate) fn sql(reader: &mut Reader<'_>, trees: &[TokenTree]) -> Option<SqlText> {
    if let Some(text) = text(trees) {
        return Some(SqlText {
            texts: vec![(None, text)],
        });
    }
    let [TokenTree::Group(group)] = trees else {
        return None;
    };
    if group.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    let mut texts: Vec<(Option<String>, String)> = Vec::new();
    for item in items(group.stream()) {
        let (backend, value) = match key(&item) {
            Some((word, Value::Equals(value))) => (word, text(value)),
            _ => return None,
        };
        let name = backend_name(reader, &backend)?;
        if texts.iter().any(|(known, _)| known.as_ref() == Some(&name)) {
            reader.problem(
                backend.span,
                format!("two texts for `{name}`"),
                "leave one of them out",
            );
        }
        texts.push((Some(name), value?));
    }
    (!texts.is_empty()).then_some(SqlText { texts })
}

/// The name of a database, or the report that it is none.
pub(crate) fn backend_name(reader: &mut Reader<'_>, word: &Word) -> Option<String> {
    if BACKENDS.contains(&word.text.as_str()) {
        return Some(word.text.clone());
    }
    let help = super::reader::meant(&word.text, "the databases are", BACKENDS.into_iter());
    reader.problem(word.span, format!("`{}` is no database", word.text), help);
    None
}

/// The words in `[a, b]`; nothing if it is no such list.
pub(crate) fn words(trees: &[TokenTree]) -> Option<Vec<Word>> {
    let [TokenTree::Group(group)] = trees else {
        return None;
    };
    if group.delimiter() != Delimiter::Bracket {
        return None;
    }
    words_in(group)
}

/// The words in a group of any sort; nothing if something else is in there.
pub(crate) fn words_in(group: &Group) -> Option<Vec<Word>> {
    let items = items(group.stream()).into_iter();
    let words = items.map(|item| match item.as_slice() {
        [TokenTree::Ident(ident)] => Some(Word::of(ident)),
        _ => None,
    });
    words.collect()
}

/// The words of a path `a.b.c`; nothing if it is none.
pub(crate) fn dotted(trees: &[TokenTree]) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Ident(ident) if index % 2 == 0 => words.push(Word::of(ident)),
            tree if index % 2 == 1 && is_punct(tree, '.') => {}
            _ => return None,
        }
    }
    (trees.len() % 2 == 1).then_some(words)
}
