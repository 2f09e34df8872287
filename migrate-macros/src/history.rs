//! `history![…]`: the histories of several crates as one.

use migrate_source::Kind;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;

use crate::errors::Errors;
use crate::expand;
use crate::library;
use crate::tokens::flatten;

/// Expands to an expression: the history of all the modules that are listed.
pub(crate) fn history(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let modules: Vec<TokenStream> = split(input)
        .into_iter()
        .filter(|path| is_path(path, &mut errors))
        .collect();
    if errors.is_empty() {
        return library::named(expand::history(&modules));
    }
    let errors = errors.expand();
    library::named(quote!({ #errors ::migrate_core::__private::History::new(&[]) }))
}

/// The entries between the commas.
fn split(input: TokenStream) -> Vec<TokenStream> {
    let mut parts = vec![TokenStream::new()];
    for tree in input {
        match (&tree, parts.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                parts.push(TokenStream::new());
            }
            (_, Some(part)) => part.extend([tree]),
            (_, None) => {}
        }
    }
    if parts.last().is_some_and(TokenStream::is_empty) {
        parts.pop();
    }
    parts
}

fn is_path(part: &TokenStream, errors: &mut Errors) -> bool {
    let tokens = flatten(part.clone());
    let wrong = tokens
        .iter()
        .find(|token| !matches!(token.kind, Kind::Ident | Kind::Punct(':')));
    let span = wrong.map(|token| token.span);
    let span = span.or_else(|| tokens.is_empty().then(Span::call_site));
    if let Some(span) = span {
        let help = "name the modules that `migrations!()` declared: `history![accounts::migrations, billing::migrations]`";
        errors.push(span, "expected the path of a module", Some(help));
    }
    span.is_none()
}
