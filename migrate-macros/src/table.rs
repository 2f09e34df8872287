//! `table!` and `#[migrate(…)]`: models are checked, and what diesel does not know is taken out.
//! Nothing else is generated; every token keeps its span, so diesel's errors point at it.

mod neighbours;
mod outline;

use migrate_models::{Place, Places, Problem, read_attribute, read_table};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::quote;

use crate::errors::Errors;

/// A closed table: diesel's, without the attributes, and the mistakes in these.
pub(crate) fn table(input: TokenStream) -> TokenStream {
    let mut spans = Spans::default();
    let mut errors = Errors::default();
    // what diesel's grammar does not have is refused by diesel, in its own words
    if let Ok(read) = read_table(&mut spans, input.clone()) {
        let mut problems = read.problems.clone();
        if read.looks_at_others() {
            problems.extend(neighbours::wrong_references(&read));
        }
        spans.report(&problems, &mut errors);
    }
    let body = without_attributes(input, true);
    let mut tokens = errors.expand();
    tokens.extend(quote!(::diesel::table! { #body }));
    tokens
}

/// The attribute by itself, of an open table or an enum type: checked, and gone.
pub(crate) fn migrate(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut spans = Spans::default();
    let mut errors = Errors::default();
    let problems = read_attribute(&mut spans, attribute, item.clone());
    spans.report(&problems, &mut errors);
    let mut tokens = errors.expand();
    tokens.extend(item);
    tokens
}

/// The spans of what was read: a place is the number of one.
#[derive(Default)]
struct Spans(Vec<Span>);

impl Places for Spans {
    fn place(&mut self, span: Span) -> Place {
        self.0.push(span);
        Place {
            file: String::new(),
            line: self.0.len(),
            column: 1,
        }
    }
}

impl Spans {
    fn report(&self, problems: &[Problem], errors: &mut Errors) {
        for problem in problems {
            let number = problem.place.line.checked_sub(1);
            let span = number.and_then(|number| self.0.get(number)).copied();
            let span = span.unwrap_or_else(Span::call_site);
            errors.push(span, &problem.message, problem.help.as_deref());
        }
    }
}

/// The tokens without `#[migrate(…)]`, those of the columns too.
fn without_attributes(stream: TokenStream, with_columns: bool) -> TokenStream {
    let mut trees: Vec<TokenTree> = Vec::new();
    for tree in stream {
        let tree = match tree {
            TokenTree::Group(group) if is_attribute(&group, trees.last()) => {
                trees.pop();
                continue;
            }
            TokenTree::Group(group) if with_columns && group.delimiter() == Delimiter::Brace => {
                let columns = without_attributes(group.stream(), false);
                let mut columns = Group::new(Delimiter::Brace, columns);
                columns.set_span(group.span());
                columns.into()
            }
            tree => tree,
        };
        trees.push(tree);
    }
    trees.into_iter().collect()
}

/// Whether a group is `[migrate(…)]` behind a `#`, by whatever path.
fn is_attribute(group: &Group, before: Option<&TokenTree>) -> bool {
    let is_hash = matches!(before, Some(TokenTree::Punct(punct)) if punct.as_char() == '#');
    if !is_hash || group.delimiter() != Delimiter::Bracket {
        return false;
    }
    let mut last = None;
    for tree in group.stream() {
        match tree {
            TokenTree::Ident(ident) => last = Some(ident),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            _ => break,
        }
    }
    last.is_some_and(|last| last == "migrate")
}
