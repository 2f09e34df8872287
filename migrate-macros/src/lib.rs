//! Turns annotated functions into revisions, and reports mistakes as compile errors.
//!
//! Use these through `migrate_core`, which re-exports them with their documentation. Each macro
//! goes through phases that are files: `header` and `signature` read what the user wrote,
//! `check` compares it with the rest of the history (which `scan` reads), and `expand` writes
//! tokens and cannot fail. Models have phases of their own, in `table`.

mod autogenerate;
mod check;
mod errors;
mod expand;
mod header;
mod history;
mod ladder;
mod library;
mod migrations;
mod names;
mod paths;
mod revision;
mod scan;
mod signature;
mod table;
mod tokens;

use proc_macro::TokenStream;

#[expect(
    missing_docs,
    reason = "the documentation is on the re-export in migrate_core"
)]
#[proc_macro_attribute]
pub fn revision(attribute: TokenStream, item: TokenStream) -> TokenStream {
    revision::revision(attribute.into(), item.into()).into()
}

#[expect(
    missing_docs,
    reason = "the documentation is on the re-export in migrate_core"
)]
#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    migrations::migrations(input.into()).into()
}

#[expect(
    missing_docs,
    reason = "the documentation is on the re-export in migrate_core"
)]
#[proc_macro]
pub fn history(input: TokenStream) -> TokenStream {
    history::history(input.into()).into()
}

#[expect(
    missing_docs,
    reason = "the documentation is on the re-export in migrate_core"
)]
#[proc_macro]
pub fn table(input: TokenStream) -> TokenStream {
    table::table(input.into()).into()
}

#[expect(
    missing_docs,
    reason = "the documentation is on the re-export in migrate_core"
)]
#[proc_macro_attribute]
pub fn migrate(attribute: TokenStream, item: TokenStream) -> TokenStream {
    table::migrate(attribute.into(), item.into()).into()
}

#[expect(
    missing_docs,
    reason = "the documentation is on the re-export in migrate_core"
)]
#[proc_macro_attribute]
pub fn autogenerate(attribute: TokenStream, item: TokenStream) -> TokenStream {
    autogenerate::autogenerate(attribute.into(), item.into()).into()
}

#[expect(
    missing_docs,
    reason = "the documentation is on the re-export in migrate_core"
)]
#[proc_macro]
pub fn test_migrations(input: TokenStream) -> TokenStream {
    ladder::test_migrations(&input.into()).into()
}

#[expect(
    missing_docs,
    reason = "the documentation is on the re-export in migrate_core"
)]
#[proc_macro_attribute]
pub fn migration_test(attribute: TokenStream, item: TokenStream) -> TokenStream {
    ladder::migration_test(attribute.into(), &item.into()).into()
}
