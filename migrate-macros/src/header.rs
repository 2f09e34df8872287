//! First phase: what the attribute declares.

use migrate_graph::{Part, Problem, Site, check_id};
use migrate_source::Declaration;
use proc_macro2::{Span, TokenStream};

use crate::errors::Errors;
use crate::tokens::flatten;

/// Reads the attribute, adds its mistakes to `errors`, and returns the valid parts.
pub(crate) fn read(attribute: TokenStream, errors: &mut Errors) -> Declaration<Span> {
    let (declaration, mistakes) = Declaration::read(&flatten(attribute), &Span::call_site());
    for mistake in mistakes {
        errors.push(
            mistake.span,
            &mistake.kind.message(),
            mistake.kind.help().as_deref(),
        );
    }
    check_names(&declaration, errors);
    declaration
}

/// Checks the names that this revision gives, which needs no other revision.
fn check_names(declaration: &Declaration<Span>, errors: &mut Errors) {
    let id = declaration.id.iter().map(|word| (Part::Id, word));
    let labels = declaration.branch_labels.iter().enumerate();
    let labels = labels.map(|(index, word)| (Part::BranchLabel(index), word));
    for (part, word) in id.chain(labels) {
        if let Err(why) = check_id(&word.text) {
            let site = Site { header: 0, part };
            let problem = Problem::IllegalName {
                site,
                name: word.text.clone(),
                why,
            };
            let help = problem.help().map(|help| help.to_string());
            errors.push(word.span, &problem.message(), help.as_deref());
        }
    }
}
