//! `#[autogenerate]`: a constant beside the function, by which the runner finds it. Types are the
//! compiler's to judge.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::errors::Errors;
use crate::library;

const HELP: &str = "write `#[autogenerate] fn name(changes: &mut Changes)`";

/// The function, and the constant.
pub(crate) fn autogenerate(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if let Some(first) = attribute.into_iter().next() {
        let message = "`#[autogenerate]` takes no arguments";
        errors.push(first.span(), message, Some(HELP));
    }
    let mut trees = item.clone().into_iter();
    let function = trees.find(|tree| matches!(tree, TokenTree::Ident(word) if word == "fn"));
    let mut tokens = item;
    match (function, trees.next()) {
        (Some(_), Some(TokenTree::Ident(name))) => tokens.extend(library::named(quote_spanned! { name.span() =>
            #[doc(hidden)]
            pub const __AUTOGENERATE: ::migrate_core::__private::Hook =
                ::migrate_core::__private::Hook::new(::core::module_path!(), ::core::stringify!(#name), #name);
        })),
        _ => {
            let message = "`#[autogenerate]` marks a function";
            errors.push(Span::call_site(), message, Some(HELP));
        }
    }
    tokens.extend(errors.expand());
    tokens
}
