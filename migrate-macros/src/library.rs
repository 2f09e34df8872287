//! The name by which the crate that is being compiled calls the library. A manifest may rename a
//! dependency (`migrate = { package = "migrate-core", … }`), and then `::migrate_core` does not
//! resolve. Must not know what is expanded.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use migrate_source::{LIBRARY, Workspace, library_name, read_manifest};
use proc_macro2::{Group, Ident, TokenStream, TokenTree};

use crate::paths;

/// The library's own name, which all that is generated uses.
const OWN: &str = "migrate_core";

/// The name that a package's manifest gives, and when the manifest was last changed.
type Known = (Option<SystemTime>, String);

/// The names by the packages' folders.
static NAMES: Mutex<Option<HashMap<PathBuf, Known>>> = Mutex::new(None);

/// Generated tokens with the name by which the crate calls the library.
pub(crate) fn named(tokens: TokenStream) -> TokenStream {
    match name() {
        name if name == OWN => tokens,
        name => renamed(tokens, &name),
    }
}

fn name() -> String {
    let Some(package) = paths::package() else {
        return OWN.to_owned();
    };
    let manifest = package.join("Cargo.toml");
    let changed = manifest.metadata().and_then(|file| file.modified()).ok();
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let names = names.get_or_insert_default();
    match names.get(&package) {
        Some((known, name)) if *known == changed => name.clone(),
        _ => {
            let name = read(&package);
            names.insert(package, (changed, name.clone()));
            name
        }
    }
}

fn read(package: &Path) -> String {
    let manifest = read_manifest(package).unwrap_or_default();
    let workspace = Workspace::of(package).map(|workspace| workspace.manifest);
    let name = library_name(&manifest, workspace.as_ref());
    name.as_deref().unwrap_or(LIBRARY).replace('-', "_")
}

/// The tokens with this name for `migrate_core`.
fn renamed(tokens: TokenStream, name: &str) -> TokenStream {
    let rename = |tree: TokenTree| match tree {
        TokenTree::Ident(ident) if ident == OWN => Ident::new(name, ident.span()).into(),
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), renamed(group.stream(), name));
            inner.set_span(group.span());
            inner.into()
        }
        tree => tree,
    };
    tokens.into_iter().map(rename).collect()
}
