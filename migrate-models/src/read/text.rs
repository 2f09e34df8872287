//! The text of a file, whose tokens have lines and columns: for the command line. In a macro the
//! compiler knows the places. It must not open files.

use proc_macro2::{Span, TokenStream};

use super::file::{FileModels, read_tokens};
use super::reader::Places;
use crate::{Place, Problem};

/// The spans as proc-macro2 knows them outside of the compiler, in a file with this name.
struct InFile<'a>(&'a str);

impl Places for InFile<'_> {
    fn place(&mut self, span: Span) -> Place {
        let start = span.start();
        Place {
            file: self.0.to_owned(),
            line: start.line,
            column: start.column + 1,
        }
    }
}

/// Reads the text of a file. Its name is that of the places; `library` is the name by which the
/// package calls the library, `migrate_core` as a rule.
#[must_use]
pub fn read_file(name: &str, text: &str, library: &str) -> FileModels {
    let mut places = InFile(name);
    match text.parse::<TokenStream>() {
        Ok(tokens) => read_tokens(&mut places, tokens, library),
        Err(error) => {
            let place = places.place(error.span());
            let message = "the file is not read: its brackets or quotes do not match";
            let problem = Problem::new(place, message);
            FileModels {
                problems: vec![problem.help("`cargo check` shows where")],
                ..FileModels::default()
            }
        }
    }
}
