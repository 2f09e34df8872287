//! Collects errors, so that each mistake is reported and none hides another.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote_spanned;

/// Errors and where they show.
#[derive(Default)]
pub(crate) struct Errors(Vec<(Span, String)>);

impl Errors {
    /// Adds an error with its message and help.
    pub(crate) fn push(&mut self, span: Span, message: &str, help: Option<&str>) {
        let help = help
            .map(|help| format!("\nhelp: {help}"))
            .unwrap_or_default();
        self.0.push((span, format!("{message}{help}")));
    }

    /// Adds an error whose text is complete.
    pub(crate) fn push_text(&mut self, span: Span, text: String) {
        self.0.push((span, text));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors as items that do not compile.
    pub(crate) fn expand(&self) -> TokenStream {
        self.0
            .iter()
            .flat_map(|(span, message)| compile_error(*span, message))
            .collect()
    }
}

fn compile_error(span: Span, message: &str) -> TokenStream {
    let spanned = quote_spanned!(span=> ::core::compile_error! { #message });
    let at_span = |mut tree: TokenTree| {
        if let TokenTree::Group(group) = &tree {
            let content = group.stream().into_iter().map(|mut tree| {
                tree.set_span(span);
                tree
            });
            tree = proc_macro2::Group::new(group.delimiter(), content.collect()).into();
        }
        tree.set_span(span);
        tree
    };
    spanned.into_iter().map(at_span).collect()
}
