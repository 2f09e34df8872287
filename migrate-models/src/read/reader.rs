//! What all parts of the reader share: places of tokens, and the problems found so far. It must not
//! know any key.

use migrate_graph::suggest::nearest;
use proc_macro2::{Ident, Span};

use crate::{Place, Problem};

/// Turns the spans of tokens into places.
pub trait Places {
    /// The place where this span begins.
    fn place(&mut self, span: Span) -> Place;
}

/// The state of reading.
pub(crate) struct Reader<'a> {
    places: &'a mut dyn Places,
    pub(crate) problems: Vec<Problem>,
    /// The words of references and of other names that are looked up later.
    pub(crate) spots: Vec<Spots>,
    /// Where the key that is read is.
    pub(crate) key: Place,
}

/// Where the words of a reference are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spots {
    /// Where its key is.
    pub(crate) key: Place,
    /// Where the table is.
    pub(crate) table: Place,
    /// Where the columns are.
    pub(crate) columns: Vec<Place>,
}

/// A word of the source, without `r#`.
#[derive(Clone)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) span: Span,
}

impl Word {
    pub(crate) fn of(ident: &Ident) -> Word {
        let text = ident.to_string();
        Word {
            text: text.strip_prefix("r#").unwrap_or(&text).to_owned(),
            span: ident.span(),
        }
    }
}

impl<'a> Reader<'a> {
    pub(crate) fn new(places: &'a mut dyn Places) -> Reader<'a> {
        Reader {
            places,
            problems: Vec::new(),
            spots: Vec::new(),
            key: Place::default(),
        }
    }

    pub(crate) fn place(&mut self, span: Span) -> Place {
        self.places.place(span)
    }

    /// Adds a problem with what can be done.
    pub(crate) fn problem(
        &mut self,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let place = self.place(span);
        self.problems.push(Problem::new(place, message).help(help));
    }
}

/// Advice for a name that is none of these.
pub(crate) fn meant<'n>(
    name: &str,
    what: &str,
    names: impl Iterator<Item = &'n str> + Clone,
) -> String {
    match nearest(name, names.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("{what} {}", listed(names)),
    }
}

/// The names in backticks, as a list.
pub(crate) fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}
