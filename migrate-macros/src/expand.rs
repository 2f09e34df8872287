//! Last phase: tokens. The input is valid, or its errors were reported already; nothing fails.
//!
//! As little as possible is written for each revision, since a history has thousands: one
//! constant, which `migrate_core::__private` makes sense of.

use std::path::{Path, PathBuf};

use migrate_graph::Checksum;
use migrate_source::{Declaration, Downgrade, Span as SourceSpan, Word};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use crate::check::Found;
use crate::names::{constant, identifier};
use crate::paths;
use crate::signature::Signature;

/// What `migrations!` expands from.
pub(crate) struct Migrations {
    pub(crate) files: Vec<FileModule>,
    pub(crate) sql: Vec<SqlRevision>,
    /// The folder of the files, if their paths are relative to it.
    pub(crate) directory: Option<PathBuf>,
    /// Further files that determine the history, besides those of the revisions.
    pub(crate) tracked: Vec<PathBuf>,
    /// The environment variable that changes with the names of the files.
    pub(crate) variable: String,
    /// Whether there is no mistake, so that the compiled data can be checked.
    pub(crate) is_sound: bool,
}

/// A file and the module that it becomes.
pub(crate) struct FileModule {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    /// The path as it is shown.
    pub(crate) shown: String,
    /// The modules and the function of each revision.
    pub(crate) revisions: Vec<(Vec<String>, String)>,
}

/// An SQL folder and the revision that it becomes. Paths are as `include_str!` at the call takes
/// them.
pub(crate) struct SqlRevision {
    pub(crate) declaration: Declaration<SourceSpan>,
    pub(crate) message: String,
    /// What the revision does.
    pub(crate) checksum: Checksum,
    /// The file as it is shown.
    pub(crate) shown: String,
    pub(crate) up: PathBuf,
    pub(crate) down: Option<PathBuf>,
    pub(crate) metadata: Option<PathBuf>,
}

/// The constant next to a revision's function.
pub(crate) fn revision(
    declaration: &Declaration<Span>,
    signature: &Signature,
    found: &Found,
) -> TokenStream {
    let constant = constant(&signature.name.to_string());
    let value = match signature.usable {
        true => value(declaration, signature, found),
        false => quote!(::migrate_core::__private::UNUSABLE),
    };
    quote! {
        #[doc(hidden)]
        pub static #constant: ::migrate_core::Revision = #value;
    }
}

fn value(declaration: &Declaration<Span>, signature: &Signature, found: &Found) -> TokenStream {
    let Signature { name, doc, .. } = signature;
    let takes = found.takes_operations;
    let (upgrade, upgrade_body) = match &declaration.downgrade {
        Some(Downgrade::Reversible(key)) if !takes.upgrade => {
            asked("__answer_up", &reversible_answer(name, *key))
        }
        _ => {
            let function = name.to_token_stream();
            body(
                "__answer_up",
                &function,
                name.span(),
                takes.upgrade,
                takes.plain_result,
            )
        }
    };
    let mut functions = upgrade;
    let downgrade = match &declaration.downgrade {
        Some(Downgrade::Function(path)) => {
            let span = path.last().map_or_else(Span::call_site, |word| word.span);
            let downgrade = path_tokens(path);
            let (function, body) = body(
                "__answer_down",
                &downgrade,
                span,
                takes.downgrade,
                takes.plain_result,
            );
            functions.extend(function);
            quote!(::migrate_core::__private::Downgrade::Function(#body))
        }
        Some(Downgrade::Reversible(_)) => quote!(::migrate_core::__private::Downgrade::Reversible),
        Some(Downgrade::Nothing(_)) => quote!(::migrate_core::__private::Downgrade::Nothing),
        Some(Downgrade::Irreversible(_)) | None => {
            quote!(::migrate_core::__private::Downgrade::Irreversible)
        }
    };
    let revision = constructed(
        declaration,
        doc,
        (&found.file, found.line),
        found.checksum,
        &upgrade_body,
        &downgrade,
    );
    match functions.is_empty() {
        true => revision,
        false => quote!({ #functions #revision }),
    }
}

/// The call that constructs a revision.
fn constructed<S>(
    declaration: &Declaration<S>,
    doc: &str,
    (file, line): (&str, u32),
    checksum: Option<Checksum>,
    upgrade: &TokenStream,
    downgrade: &TokenStream,
) -> TokenStream {
    let id = declaration.id.as_ref().map_or("", |id| &id.text);
    let parents = declaration.down_revision.as_deref().unwrap_or_default();
    let package = paths::package_name();
    let mut tokens = match (parents, &package, checksum) {
        // nearly all
        ([parent], Some(package), Some(checksum)) => {
            let parent = &parent.text;
            let (number, parent_number) = (number(id), number(parent));
            let checksum = checksum.number();
            quote!(::migrate_core::Revision::child(
                #id, #number, #parent, #parent_number, #doc, #file, #line, #package, #checksum, #upgrade, #downgrade
            ))
        }
        _ => {
            let parents = texts(parents);
            let package = package.map(|package| quote!(.with_package(#package)));
            let checksum = checksum.map(|checksum| {
                let number = checksum.number();
                quote!(.with_checksum(#number))
            });
            quote! {
                ::migrate_core::Revision::new(#id, #parents, #doc, #file, #line, #upgrade, #downgrade)
                #package #checksum
            }
        }
    };
    tokens.extend(options(declaration));
    tokens
}

/// The digits of an id that is a time, whose numbers are in the order of the texts; otherwise 0.
fn number(id: &str) -> u64 {
    match id.len() == 14 && id.bytes().all(|byte| byte.is_ascii_digit()) {
        true => id.parse().unwrap_or_default(),
        false => 0,
    }
}

/// What is not always there.
fn options<S>(declaration: &Declaration<S>) -> TokenStream {
    let mut options = TokenStream::new();
    if !declaration.depends_on.is_empty() {
        let names = texts(&declaration.depends_on);
        options.extend(quote!(.with_depends_on(#names)));
    }
    if !declaration.branch_labels.is_empty() {
        let names = texts(&declaration.branch_labels);
        options.extend(quote!(.with_branch_labels(#names)));
    }
    if !declaration.transaction {
        options.extend(quote!(.without_transaction()));
    }
    if !declaration.lossy.is_empty() {
        let entries = texts(&declaration.lossy);
        options.extend(quote!(.with_lossy(#entries)));
    }
    options
}

fn texts<S>(words: &[Word<S>]) -> TokenStream {
    let words = words.iter().map(|word| &word.text);
    quote!(&[#(#words),*])
}

/// The body that runs a function, and the function that answers for it, if it takes one. What is
/// wrong with the function shows at its name.
fn body(
    answer: &str,
    function: &TokenStream,
    name: Span,
    takes_operations: bool,
    plain_result: bool,
) -> (TokenStream, TokenStream) {
    let span = shown_at(name);
    if takes_operations && plain_result {
        // the function itself, which takes the compiler less than one that answers for it
        let body = quote_spanned!(span=> ::migrate_core::__private::Body::Operations(#function));
        return (TokenStream::new(), body);
    }
    let call = if takes_operations {
        quote_spanned!(span=> ::migrate_core::__private::operations(#function, ask))
    } else {
        quote_spanned!(span=> ::migrate_core::__private::answer(#function, ask))
    };
    asked(answer, &call)
}

/// The answer of a function that is said to be reversible by the key at this place.
fn reversible_answer(name: &Ident, key: Span) -> TokenStream {
    let function =
        quote_spanned!(shown_at(name.span())=> ::migrate_core::__private::function(#name));
    let reversible = quote_spanned!(shown_at(key)=> #function.reversible());
    quote!(#reversible.answer(ask))
}

/// A function that answers, and the body that asks it. No closure: the compiler would put those of
/// all revisions into one codegen unit, and generate its code again with each new revision.
fn asked(name: &str, answer: &TokenStream) -> (TokenStream, TokenStream) {
    let name = identifier(name, Span::call_site());
    let function = quote! {
        fn #name(
            ask: ::migrate_core::__private::Ask<'_, '_>,
        ) -> ::core::result::Result<(), ::migrate_core::__private::RevisionError> {
            #answer
        }
    };
    (
        function,
        quote!(::migrate_core::__private::Body::Asked(#name)),
    )
}

/// The span of generated code that is shown as if it were the user's.
fn shown_at(span: Span) -> Span {
    Span::call_site().located_at(span)
}

/// The user's own path, token by token, so that errors in it point at it.
fn path_tokens(path: &[Word<Span>]) -> TokenStream {
    let mut tokens = TokenStream::new();
    for word in path {
        match word.text.as_str() {
            ":" => {
                let colon = proc_macro2::Punct::new(':', proc_macro2::Spacing::Joint);
                tokens.extend([proc_macro2::TokenTree::from(colon)]);
            }
            name => identifier(name, word.span).to_tokens(&mut tokens),
        }
    }
    tokens
}

/// The module and the history of a crate.
pub(crate) fn migrations(migrations: &Migrations) -> TokenStream {
    let directory = migrations.directory.as_ref().map(|path| {
        let path = text(path);
        quote!(#[path = #path])
    });
    let modules = migrations.files.iter().map(|file| {
        let FileModule { shown, .. } = file;
        let name = identifier(&file.name, Span::call_site());
        let path = text(&file.path);
        quote!(#[doc = #shown] #[path = #path] pub mod #name;)
    });
    let revisions = migrations.files.iter().flat_map(revisions);
    let revisions = revisions.chain(migrations.sql.iter().map(sql_revision));
    // a `down.sql` may become one with statements
    let beside = migrations
        .sql
        .iter()
        .flat_map(|sql| [&sql.metadata, &sql.down]);
    let beside = beside.flatten().map(|path| tracked(path));
    let variable = &migrations.variable;
    let deciding = migrations.tracked.iter().map(|path| tracked(path));
    // statics, whose values a crate hands on: a constant is evaluated again in each that uses it
    let (names, check) = if migrations.is_sound {
        let check = history_of(
            &quote!(&[migrations::__REVISIONS]),
            &quote!(migrations::__NAMES),
            &quote!(part),
        );
        (
            quote!(::migrate_core::__private::names(&[__REVISIONS])),
            check,
        )
    } else {
        (quote!(0), quote!(::migrate_core::History::new(&[])))
    };
    // in front of the modules: the compiler goes by the order, and evaluates all revisions in less
    // time at once than each between the functions of its file
    quote! {
        /// The revisions of this crate, a module for each file.
        #directory
        pub mod migrations {
            #[doc(hidden)]
            pub static __REVISIONS: &[&::migrate_core::Revision] = &[#(#revisions),*];
            #[doc(hidden)]
            pub static __NAMES: usize = #names;
            const _: ::core::option::Option<&str> = ::core::option_env!(#variable);
            #(#modules)*
        }
        /// The revisions of this crate as a history.
        pub static HISTORY: ::migrate_core::History = #check;
        #(#deciding)*
        #(#beside)*
    }
}

/// The revision of an SQL folder, as a reference to its data.
fn sql_revision(sql: &SqlRevision) -> TokenStream {
    let SqlRevision {
        declaration,
        message,
        shown,
        checksum,
        ..
    } = sql;
    let upgrade = sql_body(&sql.up);
    let downgrade = match (&declaration.downgrade, &sql.down) {
        (Some(Downgrade::Function(_)), Some(down)) => {
            let body = sql_body(down);
            quote!(::migrate_core::__private::Downgrade::Function(#body))
        }
        (Some(Downgrade::Nothing(_)), _) => quote!(::migrate_core::__private::Downgrade::Nothing),
        _ => quote!(::migrate_core::__private::Downgrade::Irreversible),
    };
    let checksum = Some(*checksum);
    let revision = constructed(
        declaration,
        message,
        (shown, 1),
        checksum,
        &upgrade,
        &downgrade,
    );
    quote!(&#revision)
}

/// The body that runs a file, which the compiler notes as one of the crate's.
fn sql_body(path: &Path) -> TokenStream {
    let path = text(path);
    quote!(::migrate_core::__private::Body::sql(
        ::core::include_str!(#path)
    ))
}

fn revisions(file: &FileModule) -> impl Iterator<Item = TokenStream> {
    let module = identifier(&file.name, Span::call_site());
    file.revisions.iter().map(move |(modules, function)| {
        let modules = modules
            .iter()
            .map(|module| identifier(module, Span::call_site()));
        let constant = constant(function);
        quote!(&#module::#(#modules::)*#constant)
    })
}

/// The history of several crates' modules.
pub(crate) fn history(modules: &[TokenStream]) -> TokenStream {
    let names = match modules {
        [module] => quote!(#module::__NAMES),
        _ => quote!(::migrate_core::__private::names(PARTS)),
    };
    let parts = quote!(&[#(#modules::__REVISIONS),*]);
    history_of(&parts, &names, &quote!(whole))
}

/// A history whose data is checked as the compiler evaluates it.
fn history_of(parts: &TokenStream, names: &TokenStream, check: &TokenStream) -> TokenStream {
    quote! {{
        static PARTS: &[&[&::migrate_core::Revision]] = #parts;
        const NAMES: usize = #names;
        #[allow(long_running_const_eval)]
        static HISTORY: ::migrate_core::History =
            ::migrate_core::__private::#check::<{ NAMES }, { ::migrate_core::__private::slots(NAMES) }>(PARTS);
        HISTORY
    }}
}

/// Recompiles the crate when this file changes. Nothing of its text, which may hold a password,
/// becomes part of what is compiled: the function is never called, and so no code and no data is
/// made of it.
pub(crate) fn tracked(path: &Path) -> TokenStream {
    let path = text(path);
    quote!(
        const _: () = {
            #[allow(dead_code)]
            fn __tracked() {
                let _ = ::core::include_bytes!(#path);
            }
        };
    )
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn only_times_have_numbers() {
        assert_eq!(number("20261121093000"), 20_261_121_093_000);
        assert_eq!(number("00000000000010"), 10);
        for id in [
            "",
            "2026112109300",
            "202611210930000",
            "2026112109300a",
            "+2026112109300",
            "a1b2c3",
        ] {
            assert_eq!(number(id), 0, "{id}");
        }
    }
}
