//! Reads what `ty = …` says. It must not know the column that it is about.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use super::items::{integer, is_punct, items, text};
use super::reader::{Reader, Word};
use super::types::{self, Known, Parts};
use crate::TypeText;

/// The type; nothing if there is a mistake in it, which is reported.
pub(crate) fn read(reader: &mut Reader<'_>, key: Span, trees: &[TokenTree]) -> Option<TypeText> {
    if let Some(spelling) = text(trees) {
        if spelling.trim().is_empty() {
            reader.problem(key, "an empty type", "write `ty = \"numeric(10, 2)\"`");
            return None;
        }
        return Some(TypeText::Sql(spelling));
    }
    let [TokenTree::Ident(ident), rest @ ..] = without_path(trees) else {
        let span = trees.first().map_or(key, TokenTree::span);
        reader.problem(
            span,
            "`ty` takes a type",
            "write `ty = VarChar(80)`, or in the server's words `ty = \"varchar(80)\"`",
        );
        return None;
    };
    let word = Word::of(ident);
    let (constructed, rest) = match (word.text.as_str(), rest) {
        ("one_of", rest) => ("Enum", rest),
        ("some_of", rest) => ("Set", rest),
        ("named", rest) => ("Named", rest),
        ("other", rest) => ("Other", rest),
        (name, rest) => (name, rest),
    };
    let Some(known) = types::known(constructed) else {
        let help = types::meant(&word.text);
        reader.problem(word.span, format!("`{}` is no type", word.text), help);
        return None;
    };
    let (parts, methods) = match rest {
        [TokenTree::Group(group), methods @ ..] => (Some(group), methods),
        methods => (None, methods),
    };
    let ty = of(reader, &word, known, parts)?;
    let ty = chained(reader, &word, ty, methods)?;
    Some(match ty {
        TypeText::Named {
            name, mut texts, ..
        } if name == "Other" && texts.len() == 1 => TypeText::Sql(texts.remove(0)),
        ty => ty,
    })
}

/// What follows `Type::`, `RangeOf::` and other paths.
fn without_path(trees: &[TokenTree]) -> &[TokenTree] {
    match trees {
        [TokenTree::Ident(_), first, second, rest @ ..]
            if is_punct(first, ':') && is_punct(second, ':') =>
        {
            without_path(rest)
        }
        trees => trees,
    }
}

fn of(
    reader: &mut Reader<'_>,
    word: &Word,
    known: &Known,
    group: Option<&Group>,
) -> Option<TypeText> {
    let content = items(group.map_or_else(TokenStream::new, Group::stream));
    let mut ty = Some(plain(known.name));
    let mut put = |parts: TypeText| ty = Some(parts);
    let is_right = match known.parts {
        Parts::Nothing => group.is_none(),
        Parts::Numbers(count) => {
            let of_item = |item: &Vec<TokenTree>| u32::try_from(integer(item)?).ok();
            let read: Vec<u32> = content.iter().filter_map(of_item).collect();
            let is_right = read.len() == count && content.len() == count;
            put(with(known.name, read, Vec::new()));
            is_right
        }
        Parts::Texts => {
            let list = list(content);
            let read: Option<Vec<String>> = list.iter().map(|item| text(item)).collect();
            let read = read.unwrap_or_default();
            let is_right = !read.is_empty();
            put(with(known.name, Vec::new(), read));
            is_right
        }
        Parts::Name => match content.as_slice() {
            [item] => text(item).is_some_and(|name| {
                put(with(known.name, Vec::new(), vec![name]));
                true
            }),
            _ => false,
        },
        Parts::Type => match content.as_slice() {
            [item] => {
                put(around(known.name, read(reader, word.span, item)?));
                true
            }
            _ => false,
        },
    };
    if is_right {
        return ty;
    }
    let message = match known.parts {
        Parts::Nothing => format!("`{}` has nothing in parentheses", word.text),
        Parts::Numbers(1) => format!("`{}` takes a length", word.text),
        Parts::Numbers(_) => format!("`{}` takes a precision and a scale", word.text),
        Parts::Type => format!("`{}` takes a type", word.text),
        Parts::Texts => format!("`{}` takes its values", word.text),
        Parts::Name => format!("`{}` takes a name", word.text),
    };
    reader.problem(
        word.span,
        message,
        format!("write `ty = {}`", known.example),
    );
    None
}

fn plain(name: &str) -> TypeText {
    with(name, Vec::new(), Vec::new())
}

fn with(name: &str, numbers: Vec<u32>, texts: Vec<String>) -> TypeText {
    TypeText::Named {
        name: name.to_owned(),
        numbers,
        texts,
        of: None,
        precision: None,
    }
}

fn around(name: &str, inner: TypeText) -> TypeText {
    TypeText::Named {
        name: name.to_owned(),
        numbers: Vec::new(),
        texts: Vec::new(),
        of: Some(Box::new(inner)),
        precision: None,
    }
}

/// The values, which `one_of(["a", "b"])` has in a list within parentheses.
fn list(content: Vec<Vec<TokenTree>>) -> Vec<Vec<TokenTree>> {
    match content.as_slice() {
        [item] => match item.as_slice() {
            [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => {
                items(list.stream())
            }
            _ => content,
        },
        _ => content,
    }
}

/// With `.precision(3)`, `.unsigned()` and `.array()`.
fn chained(
    reader: &mut Reader<'_>,
    word: &Word,
    ty: TypeText,
    methods: &[TokenTree],
) -> Option<TypeText> {
    match methods {
        [] => Some(ty),
        [
            dot,
            TokenTree::Ident(method),
            TokenTree::Group(group),
            rest @ ..,
        ] if is_punct(dot, '.') && group.delimiter() == Delimiter::Parenthesis => {
            let inner: Vec<TokenTree> = group.stream().into_iter().collect();
            let ty = match (method.to_string().as_str(), inner.as_slice()) {
                ("unsigned", []) => around("Unsigned", ty),
                ("array", []) => around("Array", ty),
                ("precision", digits) => {
                    let digits = integer(digits).and_then(|digits| u8::try_from(digits).ok());
                    precise(reader, word, ty, digits)?
                }
                _ => return unknown_method(reader, method.span()),
            };
            chained(reader, word, ty, rest)
        }
        [other, ..] => unknown_method(reader, other.span()),
    }
}

fn unknown_method(reader: &mut Reader<'_>, span: Span) -> Option<TypeText> {
    reader.problem(
        span,
        "a type is followed by `.unsigned()`, `.array()` or `.precision(3)`",
        "write a type in the server's words in quotes: `ty = \"timestamp(3)\"`",
    );
    None
}

fn precise(
    reader: &mut Reader<'_>,
    word: &Word,
    ty: TypeText,
    digits: Option<u8>,
) -> Option<TypeText> {
    let digits = digits.filter(|digits| *digits <= 6);
    let mut ty = ty;
    let timed = [
        "Time",
        "Timetz",
        "Timestamp",
        "Timestamptz",
        "Datetime",
        "Interval",
    ];
    match (&mut ty, digits) {
        (
            TypeText::Named {
                name, precision, ..
            },
            Some(digits),
        ) if timed.contains(&name.as_str()) => {
            *precision = Some(digits);
            Some(ty)
        }
        (_, None) => {
            reader.problem(
                word.span,
                "a precision is a number of digits from 0 to 6",
                "write `ty = Timestamp.precision(3)`",
            );
            None
        }
        _ => {
            reader.problem(
                word.span,
                format!("`{}` has no digits of a second", word.text),
                "leave `.precision(…)` out",
            );
            None
        }
    }
}
