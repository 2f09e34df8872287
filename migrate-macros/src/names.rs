//! Names in the expanded code: of modules, made from paths, and of constants, made from functions.

use std::collections::HashSet;
use std::path::Path;

use proc_macro2::{Ident, Span};

use crate::paths;

/// The name of the constant next to a function.
pub(crate) fn constant(function: &str) -> Ident {
    let function = function.strip_prefix("r#").unwrap_or(function);
    Ident::new(
        &format!("__{}", function.to_ascii_uppercase()),
        Span::call_site(),
    )
}

/// A name in a source, which [is an identifier](is_identifier).
pub(crate) fn identifier(name: &str, span: Span) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, span),
        None => Ident::new(name, span),
    }
}

/// Whether what looks like a name in a source is one.
pub(crate) fn is_identifier(name: &str) -> bool {
    let raw = name.strip_prefix("r#");
    let mut characters = raw.unwrap_or(name).chars();
    let first = characters.next();
    first.is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first))
        && characters.all(unicode_ident::is_xid_continue)
        && !raw.is_some_and(|raw| matches!(raw, "_" | "self" | "Self" | "super" | "crate"))
}

/// A name for the module of a file: its path, made an identifier.
pub(crate) fn module_name(path: &Path, taken: &mut HashSet<String>) -> String {
    let stem = paths::with_slashes(&path.with_extension(""));
    let in_name = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let mut name: String = stem.chars().map(in_name).collect();
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) || is_keyword(&name) {
        name.insert(0, '_');
    }
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    name
}

fn is_keyword(name: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
        "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
        "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
        "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type",
        "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
    ];
    KEYWORDS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_named_after_paths() {
        let mut taken = HashSet::new();
        let mut name = |path: &str| module_name(Path::new(path), &mut taken);
        assert_eq!(
            name("20261121093000_add_phone.rs"),
            "_20261121093000_add_phone"
        );
        assert_eq!(name("add-phone.rs"), "add_phone");
        assert_eq!(name("add_phone.rs"), "add_phone_");
        assert_eq!(name("add/phone.rs"), "add_phone__");
        assert_eq!(name("2026/mod.rs"), "_2026_mod");
        assert_eq!(name("mod.rs"), "_mod");
        assert_eq!(name("straße.rs"), "stra_e");
        assert_eq!(name("été.rs"), "__t_");
    }

    #[test]
    fn constants_are_named_after_functions() {
        assert_eq!(constant("upgrade").to_string(), "__UPGRADE");
        assert_eq!(constant("r#type").to_string(), "__TYPE");
        assert_eq!(constant("größe").to_string(), "__GRößE");
    }

    #[test]
    fn what_is_an_identifier() {
        for name in ["upgrade", "_1", "r#type", "größe", "self"] {
            assert!(is_identifier(name), "{name}");
            let _ = identifier(name, Span::call_site());
        }
        for name in ["", "1a", "r#self", "r#", "😀", "a😀", "r#_"] {
            assert!(!is_identifier(name), "{name}");
        }
    }
}
