//! `#[revision(…)]`: header, signature, check, expand.

use proc_macro2::TokenStream;

use crate::errors::Errors;
use crate::{check, expand, header, library, signature};

/// Expands the attribute. Returns the user's item unchanged, even with mistakes.
pub(crate) fn revision(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let declaration = header::read(attribute, &mut errors);
    let signature = signature::read(&item, &mut errors);
    let found = check::revision(&declaration, signature.as_ref(), &mut errors);

    let mut tokens = item;
    tokens.extend(errors.expand());
    if let Some(signature) = signature {
        let generated = expand::revision(&declaration, &signature, &found);
        tokens.extend(library::named(generated));
    }
    tokens
}
