//! `test_migrations!(HISTORY)` and `#[migration_test("id")]`: tests of a history, a function for
//! each database that the manifests list. What they do is migrate-cli's.

use std::path::PathBuf;

use migrate_graph::suggest::nearest;
use migrate_source::{RUNGS, Tested, Workspace, read_manifest, string_value};
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote;

use crate::errors::Errors;
use crate::expand::tracked;
use crate::names::{identifier, is_identifier};
use crate::paths;
use crate::scan;

/// What the manifests say, and how the code names the ladder.
struct Ladder {
    tested: Tested,
    folder: PathBuf,
    manifests: Vec<PathBuf>,
    /// The name of migrate-cli in this crate.
    library: Ident,
}

/// Expands to a module for each database, with a test for each rung.
pub(crate) fn test_migrations(input: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if input.is_empty() {
        let help = "name it: `test_migrations!(my_crate::HISTORY);`";
        errors.push(
            Span::call_site(),
            "`test_migrations!` takes a history",
            Some(help),
        );
    }
    let Some(ladder) = Ladder::read("test_migrations!", &mut errors) else {
        return errors.expand();
    };
    if !errors.is_empty() {
        return errors.expand();
    }
    let Ladder { library, .. } = &ladder;
    let (declared, tracked) = (ladder.declared(), ladder.tracked());
    let modules = ladder.tested.backends.iter().map(|backend| {
        let module = identifier(backend, Span::call_site());
        let tests = RUNGS.iter().map(|rung| {
            let name = identifier(&rung.replace('-', "_"), Span::call_site());
            quote! {
                #[test]
                fn #name() {
                    super::__test_migrations(#backend, #rung);
                }
            }
        });
        quote! {
            #[cfg(test)]
            mod #module {
                #(#tests)*
            }
        }
    });
    quote! {
        #[cfg(test)]
        fn __test_migrations(backend: &str, rung: &str) {
            ::#library::ladder::check(&#input, &#declared, backend, rung);
        }
        #(#modules)*
        #tracked
    }
}

/// What `#[migration_test(…)]` says.
struct Asked {
    /// The id of the revision, and its literal.
    id: (String, Span),
    /// The path of the history; none where it is the package's own.
    history: Option<TokenStream>,
}

/// Expands to the function, and a module of its name with a test for each database.
pub(crate) fn migration_test(attribute: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let asked = Asked::read(attribute, &mut errors);
    let name = function_name(item);
    if name.is_none() {
        errors.push(
            Span::call_site(),
            "`#[migration_test]` is for a function",
            Some("write `fn name(at: &mut AtRevision<'_>) -> Result<()>` below it"),
        );
    }
    if let Some(asked) = &asked {
        asked.check(&mut errors);
    }
    let ladder = Ladder::read("#[migration_test]", &mut errors);
    let (Some(asked), Some(name), Some(ladder), true) = (asked, name, ladder, errors.is_empty())
    else {
        let errors = errors.expand();
        return quote!(#[cfg(test)] #item #errors);
    };
    let Ladder { library, .. } = &ladder;
    let (declared, tracked) = (ladder.declared(), ladder.tracked());
    let run = identifier(&format!("__migration_test_{name}"), Span::call_site());
    let (id, history) = (&asked.id.0, asked.history.unwrap_or_else(own_history));
    let tests = ladder.tested.backends.iter().map(|backend| {
        let test = identifier(backend, Span::call_site());
        quote! {
            #[test]
            fn #test() {
                super::#run(#backend);
            }
        }
    });
    quote! {
        #[cfg(test)]
        #item
        #[cfg(test)]
        fn #run(backend: &str) {
            ::#library::ladder::at_revision(&#history, &#declared, backend, #id, #name);
        }
        #[cfg(test)]
        mod #name {
            #(#tests)*
        }
        #tracked
    }
}

impl Asked {
    fn read(attribute: TokenStream, errors: &mut Errors) -> Option<Asked> {
        let mut trees = attribute.into_iter();
        let id = trees.next().and_then(|tree| match &tree {
            TokenTree::Literal(literal) => {
                Some((string_value(&literal.to_string())?, literal.span()))
            }
            _ => None,
        });
        let rest: Vec<TokenTree> = trees.collect();
        let is = |at: usize, text: &str| rest.get(at).is_some_and(|tree| tree.to_string() == text);
        let history = match rest.as_slice() {
            [] => Some(None),
            [_] if is(0, ",") => Some(None),
            [_, _, _, path @ ..] if is(0, ",") && is(1, "history") && is(2, "=") => {
                Some(Some(path.iter().cloned().collect()))
            }
            _ => None,
        };
        let Some((id, history)) = id.zip(history) else {
            let help = "write `#[migration_test(\"20261121093000\")]`, or with the path of the history: \
                        `#[migration_test(\"20261121093000\", history = my_crate::HISTORY)]`";
            errors.push(
                Span::call_site(),
                "`#[migration_test]` takes the id of a revision",
                Some(help),
            );
            return None;
        };
        Some(Asked { id, history })
    }

    /// Reports an id that no revision has, where the package's history is known.
    fn check(&self, errors: &mut Errors) {
        let Some(package) = paths::package() else {
            return;
        };
        let scan = scan::current(&package);
        let (id, span) = &self.id;
        let ids: Vec<&str> = scan.ids().collect();
        if ids.is_empty() || ids.contains(&id.as_str()) {
            return;
        }
        let near = nearest(id, ids.iter().copied());
        let help = near.map(|near| format!("a revision with a similar id exists: `{near}`"));
        errors.push(
            *span,
            &format!("no revision has the id `{id}`"),
            help.as_deref(),
        );
    }
}

/// The name of a function; `None` if it is none.
fn function_name(item: &TokenStream) -> Option<Ident> {
    let mut trees = item.clone().into_iter();
    trees.find(|tree| matches!(tree, TokenTree::Ident(word) if word == "fn"))?;
    match trees.next()? {
        TokenTree::Ident(name) => Some(name),
        _ => None,
    }
}

/// The history of the package: in its library that of the crate, in its tests that of the library.
fn own_history() -> TokenStream {
    let package = paths::package_name().unwrap_or_default().replace('-', "_");
    let here = std::env::var("CARGO_CRATE_NAME").unwrap_or_default();
    let manifest = paths::package().and_then(|folder| read_manifest(&folder));
    let named = manifest.and_then(|manifest| Some(manifest.string(&["lib", "name"])?.to_owned()));
    let library = named.unwrap_or(package);
    match here == library || !is_identifier(&library) {
        true => quote!(crate::HISTORY),
        false => {
            let library = identifier(&library, Span::call_site());
            quote!(::#library::HISTORY)
        }
    }
}

impl Ladder {
    /// Reads the manifests; `None` where they cannot be used.
    fn read(name: &str, errors: &mut Errors) -> Option<Ladder> {
        let span = Span::call_site();
        let Some(folder) = paths::package() else {
            let message = "`CARGO_MANIFEST_DIR` is not set: compile this crate with cargo";
            errors.push(span, message, None);
            return None;
        };
        let manifest = read_manifest(&folder).unwrap_or_default();
        let workspace = Workspace::of(&folder);
        let root = workspace.as_ref().map(|workspace| &workspace.root);
        let root = root.filter(|root| **root != folder);
        let manifests = std::iter::once(&folder).chain(root);
        let manifests = manifests.map(|folder| folder.join("Cargo.toml")).collect();
        let workspace = workspace.as_ref().map(|workspace| &workspace.manifest);
        let tested = Tested::read(&manifest, workspace);
        if let Some(problem) = &tested.problem {
            errors.push(span, problem, None);
        }
        let Some(library) = &tested.commands else {
            let message = format!(
                "`{name}` needs the crate `migrate-cli`, with the features of your databases"
            );
            let help = "cargo add --dev migrate-cli --features sqlite";
            errors.push(span, &message, Some(help));
            return None;
        };
        let library = identifier(&library.replace('-', "_"), span);
        Some(Ladder {
            tested,
            folder,
            manifests,
            library,
        })
    }

    /// The package, as a value.
    fn declared(&self) -> TokenStream {
        let library = &self.library;
        let folder = self.folder.to_string_lossy();
        quote!(::#library::ladder::Declared { folder: #folder })
    }

    /// Compiles the crate again when a manifest changes.
    fn tracked(&self) -> TokenStream {
        self.manifests.iter().map(|path| tracked(path)).collect()
    }
}
