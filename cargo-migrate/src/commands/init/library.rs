//! What `init` changes in a library's root file: the line that declares the revisions, and the one
//! for the file of the models. Pure: text in, text out.

use syn::spanned::Spanned;
use syn::{Attribute, File, Item};

/// The line that gathers the revisions of a package which calls the library by this name.
pub(super) fn declaration(library: &str) -> String {
    format!("{library}::migrations!();")
}

/// Why the line cannot be added.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum LibraryError {
    #[error("line {line}: {message}")]
    Syntax { line: usize, message: String },
    #[error("line {line} declares a module `migrations` already")]
    ModuleExists { line: usize },
}

/// Adds the line `declaration` below the file's own documentation; `None` when it has one.
pub(super) fn complete(text: &str, declaration: &str) -> Result<Option<String>, LibraryError> {
    let file = syn::parse_file(text).map_err(|error| LibraryError::Syntax {
        line: error.span().start().line,
        message: error.to_string(),
    })?;
    if file.items.iter().any(declares) {
        return Ok(None);
    }
    if let Some(item) = file.items.iter().find(|item| is_module(item, "migrations")) {
        return Err(LibraryError::ModuleExists {
            line: item.span().start().line,
        });
    }
    Ok(Some(below_the_head(text, &file, declaration)))
}

/// Adds `pub mod NAME;`; `None` when the file has that module.
pub(super) fn with_module(text: &str, name: &str) -> Result<Option<String>, LibraryError> {
    let file = syn::parse_file(text).map_err(|error| LibraryError::Syntax {
        line: error.span().start().line,
        message: error.to_string(),
    })?;
    let there = file.items.iter().any(|item| is_module(item, name));
    Ok((!there).then(|| below_the_head(text, &file, &format!("pub mod {name};"))))
}

/// Adds a line below the file's own documentation.
fn below_the_head(text: &str, file: &File, line: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (above, below) = lines.split_at(end_of_head(file).min(lines.len()));
    let (above, below) = (above.concat(), below.concat());
    let below = below.trim_start_matches(['\n', '\r']);
    let newline = if above.is_empty() || above.ends_with('\n') {
        ""
    } else {
        "\n"
    };
    let blank = if above.is_empty() { "" } else { "\n" };
    let gap = if below.is_empty() { "" } else { "\n" };
    format!("{above}{newline}{blank}{line}\n{gap}{below}")
}

/// The number of lines that a file's documentation and attributes take.
fn end_of_head(file: &File) -> usize {
    let attributes = file
        .attrs
        .iter()
        .map(|attribute: &Attribute| attribute.span().end().line);
    attributes
        .max()
        .unwrap_or(usize::from(file.shebang.is_some()))
}

fn declares(item: &Item) -> bool {
    matches!(item, Item::Macro(item) if item.mac.path.segments.last().is_some_and(|last| last.ident == "migrations"))
}

fn is_module(item: &Item, name: &str) -> bool {
    matches!(item, Item::Mod(module) if module.ident == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(text: &str) -> Result<Option<String>, LibraryError> {
        super::complete(text, &declaration("migrate_core"))
    }

    #[test]
    fn the_declaration_stands_below_the_documentation() {
        for (text, expected) in [
            ("", "migrate_core::migrations!();\n"),
            (
                "pub fn add() {}\n",
                "migrate_core::migrations!();\n\npub fn add() {}\n",
            ),
            (
                "//! Docs.\n\nuse std::fs;\n",
                "//! Docs.\n\nmigrate_core::migrations!();\n\nuse std::fs;\n",
            ),
            ("//! Docs.", "//! Docs.\n\nmigrate_core::migrations!();\n"),
            (
                "/*! One\n two */\n#![allow(\n    unused\n)]\nmod a;\n",
                "/*! One\n two */\n#![allow(\n    unused\n)]\n\nmigrate_core::migrations!();\n\nmod a;\n",
            ),
        ] {
            assert_eq!(complete(text), Ok(Some(expected.to_owned())), "{text:?}");
            assert_eq!(complete(expected), Ok(None));
        }
    }

    #[test]
    fn a_module_is_added_once() {
        let text = "//! Docs.\n\nmigrate_core::migrations!();\n";
        let with = "//! Docs.\n\npub mod schema;\n\nmigrate_core::migrations!();\n";
        assert_eq!(with_module(text, "schema"), Ok(Some(with.to_owned())));
        for there in [with, "mod schema;\n", "pub mod schema { }\n"] {
            assert_eq!(with_module(there, "schema"), Ok(None));
        }
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        assert_eq!(
            complete("use a;\nmod migrations;\n"),
            Err(LibraryError::ModuleExists { line: 2 })
        );
        assert!(matches!(
            complete("\nfn f( {}\n"),
            Err(LibraryError::Syntax { line: 2, .. })
        ));
        assert_eq!(
            complete("use migrate_core as m;\nm::migrations!();\n"),
            Ok(None)
        );
    }
}
