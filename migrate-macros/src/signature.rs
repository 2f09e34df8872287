//! Second phase: the function that the attribute is on, as far as its name.
//!
//! Types are the compiler's to judge, through `migrate_core`'s trait; this rejects only what the
//! trait would report badly. The body is never looked at, so a half-typed one does no harm.

use migrate_source::{MistakeKind, doc_text, string_value};
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};

use crate::errors::Errors;

/// What is known of the function.
pub(crate) struct Signature {
    /// The name.
    pub(crate) name: Ident,
    /// The doc comment.
    pub(crate) doc: String,
    /// Whether its type can be that of a revision's function.
    pub(crate) usable: bool,
}

/// Reads the item; `None` if it is not a function.
pub(crate) fn read(item: &TokenStream, errors: &mut Errors) -> Option<Signature> {
    let mut trees = item.clone().into_iter().peekable();
    let mut docs = Vec::new();
    let mut last = String::new();
    let mut is_async = false;
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(name) if last == "fn" => {
                let is_generic = matches!(trees.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '<')
                    && has_type_parameters(trees);
                let usable = judge(&name, is_async, is_generic, errors);
                return Some(Signature {
                    name,
                    doc: doc_text(docs.iter().map(String::as_str)),
                    usable,
                });
            }
            TokenTree::Ident(word) => {
                last = word.to_string();
                is_async |= last == "async";
            }
            TokenTree::Group(group) => {
                docs.extend(doc_attribute(&group));
                let ends_item = matches!(group.delimiter(), Delimiter::Brace);
                if ends_item {
                    break;
                }
            }
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    let kind = MistakeKind::NotAFunction;
    errors.push(Span::call_site(), &kind.message(), kind.help().as_deref());
    None
}

fn judge(name: &Ident, is_async: bool, is_generic: bool, errors: &mut Errors) -> bool {
    let mut refuse = |what| {
        let help = "write `fn(op: &mut Operations) -> Result<()>`";
        errors.push(
            name.span(),
            &format!("a revision's function cannot be {what}"),
            Some(help),
        );
    };
    if is_async {
        refuse("async");
    }
    if is_generic {
        refuse("generic");
    }
    !is_async && !is_generic
}

/// Whether there is more than lifetimes between `<` and `>`.
fn has_type_parameters(generics: impl Iterator<Item = TokenTree>) -> bool {
    let mut after_quote = false;
    for tree in generics {
        match tree {
            TokenTree::Punct(punct) if punct.as_char() == '>' => return false,
            TokenTree::Punct(punct) => after_quote = punct.as_char() == '\'',
            TokenTree::Ident(_) if after_quote => after_quote = false,
            _ => return true,
        }
    }
    false
}

/// The text in the brackets of `#[doc = "…"]`, which is also what a doc comment has become.
fn doc_attribute(group: &proc_macro2::Group) -> Option<String> {
    let mut trees = group.stream().into_iter();
    match (trees.next()?, trees.next()?, trees.next()?) {
        (TokenTree::Ident(doc), TokenTree::Punct(_), TokenTree::Literal(text)) if doc == "doc" => {
            string_value(&text.to_string())
        }
        _ => None,
    }
}
