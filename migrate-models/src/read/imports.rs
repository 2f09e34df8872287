//! Which `table!` is meant, by the `use` lines of a module. It must not read a declaration.

use proc_macro2::{TokenStream, TokenTree};

use super::items::{flat, is_punct, items};

/// The macros that are in scope of a module under a name that is theirs or another one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imports {
    /// The names under which the library's `table!` is called.
    closed: Vec<String>,
    /// Other names of diesel's macros: the name, and the macro's own.
    renamed: Vec<(String, String)>,
    /// The names of the library's crate.
    libraries: Vec<String>,
}

impl Imports {
    /// Of a file that calls the library by this name.
    pub(crate) fn of_file(library: &str) -> Imports {
        Imports {
            libraries: vec!["migrate_core".to_owned(), library.to_owned()],
            ..Imports::default()
        }
    }

    /// The imports of a module within the one with these.
    pub(crate) fn of_module(&self, trees: &[TokenTree]) -> Imports {
        let mut own = Imports {
            libraries: self.libraries.clone(),
            ..Imports::default()
        };
        let mut at = 0;
        while at < trees.len() {
            match &trees[at] {
                TokenTree::Ident(ident) if ident == "use" => {
                    let rest = &trees[at + 1..];
                    let end = rest.iter().position(|tree| is_punct(tree, ';'));
                    let end = end.unwrap_or(rest.len());
                    for (path, name) in leaves(&[], &rest[..end]) {
                        own.import(&path, &name, self);
                    }
                    at += end;
                }
                // `#[macro_use] extern crate migrate_core;`
                TokenTree::Ident(ident) if ident == "extern" => {
                    if let (Some(TokenTree::Group(group)), Some(TokenTree::Ident(name))) =
                        (at.checked_sub(1).map(|at| &trees[at]), trees.get(at + 2))
                        && group.to_string().contains("macro_use")
                        && own.libraries.contains(&name.to_string())
                    {
                        own.closed.push("table".to_owned());
                    }
                }
                _ => {}
            }
            at += 1;
        }
        own
    }

    fn import(&mut self, path: &[String], name: &str, outer: &Imports) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let is_library = |name: &str| self.libraries.iter().any(|library| library == name);
        match path.as_slice() {
            [library, "table"] if is_library(library) => self.closed.push(name.to_owned()),
            [library, "*"] if is_library(library) => self.closed.push("table".to_owned()),
            ["super", "*"] => {
                self.closed.extend(outer.closed.iter().cloned());
                self.renamed.extend(outer.renamed.iter().cloned());
            }
            ["super", own] if outer.closed.iter().any(|closed| closed == own) => {
                self.closed.push(name.to_owned());
            }
            ["diesel", own] if *own != name => {
                self.renamed.push((name.to_owned(), (*own).to_owned()));
            }
            _ => {}
        }
    }

    /// The macro's own name, and whether it is the library's.
    pub(crate) fn resolve(&self, path: &[String]) -> (String, bool) {
        let last = path.last().cloned().unwrap_or_default();
        match path {
            [name] => {
                if self.closed.contains(name) {
                    return ("table".to_owned(), true);
                }
                let renamed = self.renamed.iter().find(|(other, _)| other == name);
                (renamed.map_or(last, |(_, own)| own.clone()), false)
            }
            [first, ..] => {
                let closed = last == "table" && self.libraries.contains(first);
                (last, closed)
            }
            [] => (last, false),
        }
    }
}

impl Imports {
    /// Whether the rules of a macro call a `table!`.
    pub(crate) fn makes_tables(&self, rules: &TokenStream) -> bool {
        let trees = flat(rules.clone());
        let is_called = |pair: &[TokenTree]| match pair {
            [TokenTree::Ident(name), bang] if is_punct(bang, '!') => {
                self.resolve(&[name.to_string()]).0 == "table"
            }
            _ => false,
        };
        let inner = |tree: &TokenTree| match tree {
            TokenTree::Group(group) => self.makes_tables(&group.stream()),
            _ => false,
        };
        trees.windows(2).any(is_called) || trees.iter().any(inner)
    }
}

/// The paths of a `use`, each with the name that it has afterwards.
fn leaves(before: &[String], trees: &[TokenTree]) -> Vec<(Vec<String>, String)> {
    let mut path = before.to_vec();
    let mut at = 0;
    while let Some(tree) = trees.get(at) {
        match tree {
            TokenTree::Ident(ident) if ident == "as" => {
                let name = trees
                    .get(at + 1)
                    .map_or_else(String::new, ToString::to_string);
                return vec![(path, name)];
            }
            TokenTree::Ident(ident) => path.push(ident.to_string()),
            TokenTree::Group(group) => {
                return items(group.stream())
                    .iter()
                    .flat_map(|item| leaves(&path, &flat(item.iter().cloned().collect())))
                    .collect();
            }
            tree if is_punct(tree, '*') => path.push("*".to_owned()),
            _ => {}
        }
        at += 1;
    }
    let name = path.last().cloned().unwrap_or_default();
    vec![(path, name)]
}
