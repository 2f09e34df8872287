//! Every public name of the library's crates stands in `docs/public-api.txt`, so that none becomes
//! public by accident. Reads the sources with syn; knows nothing of what the names mean.
//! `SNAPSHOTS=overwrite` writes the file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, TraitItem, UseTree, Visibility};

const LIST: &str = "docs/public-api.txt";

const HEADING: &str = "\
# Every public name of migrate-core and migrate-graph: modules, types with their methods, traits, functions, constants, macros.
# A test compares this list with the sources; SNAPSHOTS=overwrite cargo test -p migrate-tests --test tidy public writes it.
";

#[test]
fn the_list_of_public_names_is_true() {
    let mut list = HEADING.to_owned();
    for package in ["migrate-core", "migrate-graph"] {
        let sources = Crate::read(&format!("{package}/src"));
        write!(list, "\n## {package}\n\n{}", sources.listed()).expect("a text takes any text");
    }
    if std::env::var("SNAPSHOTS").is_ok_and(|action| action == "overwrite") {
        let path = migrate_tests::workspace_root().join(LIST);
        std::fs::write(path, &list).expect("the list can be written");
    }
    let known = crate::read(LIST);
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let (found, known) = (lines(&list), lines(&known));
    let new: Vec<_> = found.iter().filter(|line| !known.contains(line)).collect();
    let gone: Vec<_> = known.iter().filter(|line| !found.contains(line)).collect();
    assert!(
        found == known,
        "public names that {LIST} does not have: {new:#?}; names that it has and nothing else: {gone:#?}"
    );
}

#[test]
fn names_are_found_through_exports_and_the_hidden_ones_are_not() {
    let root = "
        pub mod open;
        #[macro_export] macro_rules! exported { () => {} }
        mod twice { pub fn twice() {} }
        pub use twice::twice;
        mod shut { pub struct Shown; impl Shown { pub fn shown(&self) {} fn not(&self) {} #[doc(hidden)] pub fn not_either(&self) {} }
            pub struct Renamed; pub struct NotExported; pub(crate) struct Internal; }
        pub use shut::{Shown, Renamed as Other};
        #[doc(hidden)] pub mod engine { pub use crate::shut::NotExported; }
        pub use elsewhere::Foreign;
        macro_rules! more { () => { pub fn by_macro() {} } }
        #[cfg(test)] mod tests { pub fn not_for_users() {} }
    ";
    let open = "pub trait Role { fn act(&self); }\nuse super::Shown;\nimpl Shown { pub const fn too(&self) {} }\npub const ONE: u8 = 1;";
    let sources = Crate::of(&[("lib.rs", root), ("open.rs", open)]);
    let expected = "\
fn twice
macro exported
mod engine (hidden)
mod open
struct Other
struct Shown
    not_either (hidden)
    shown
    too
use Foreign = elsewhere::Foreign
const open::ONE
trait open::Role
    act
macro more! writes
    by_macro
";
    assert_eq!(sources.listed(), expected);
}

/// Where a name is defined: the module, and the name in it.
type Definition = (String, String);

/// A crate's modules by their path, `a::b::`; the root's is empty.
#[derive(Default)]
struct Crate {
    modules: BTreeMap<String, Module>,
}

#[derive(Default)]
struct Module {
    items: BTreeMap<String, Named>,
    exports: Vec<Import>,
    imports: Vec<Import>,
    impls: Vec<(String, Vec<String>)>,
    /// What its own macros write.
    macros: Vec<(String, Vec<String>)>,
    /// Macros that are names of the crate's root.
    exported: Vec<(String, Named)>,
}

/// An item, and what is public below it.
struct Named {
    kind: &'static str,
    public: bool,
    hidden: bool,
    below: Vec<String>,
    variants: Vec<String>,
}

/// `use path as name`; the name of a glob is `*`.
#[derive(Clone)]
struct Import {
    path: Vec<String>,
    name: String,
    hidden: bool,
}

impl Crate {
    fn read(folder: &str) -> Crate {
        let files = crate::rust_files();
        let files: Vec<(&str, &str)> = files
            .iter()
            .filter_map(|(name, text)| {
                Some((name.strip_prefix(folder)?.strip_prefix('/')?, text.as_str()))
            })
            .collect();
        Crate::of(&files)
    }

    fn of(files: &[(&str, &str)]) -> Crate {
        let mut sources = Crate::default();
        sources.add_file(files, "lib.rs", "");
        let modules = sources.modules.values_mut();
        let exported: Vec<_> = modules
            .flat_map(|module| std::mem::take(&mut module.exported))
            .collect();
        let root = sources.modules.get_mut("").expect("a crate has a root");
        root.items.extend(exported);
        sources
    }

    fn add_file(&mut self, files: &[(&str, &str)], file: &str, module: &str) {
        let text = files.iter().find(|(name, _)| *name == file);
        let (_, text) = text.unwrap_or_else(|| panic!("`{file}` is not there"));
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        self.add(files, parsed.items, module);
    }

    fn add(&mut self, files: &[(&str, &str)], items: Vec<Item>, path: &str) {
        let mut module = Module::default();
        for item in items {
            if let Item::Mod(inner) = item {
                if is_for_tests(&inner.attrs) {
                    continue;
                }
                let name = inner.ident.to_string();
                let below = format!("{path}{name}::");
                match inner.content {
                    Some((_, items)) => self.add(files, items, &below),
                    None => {
                        let file =
                            format!("{}.rs", below.trim_end_matches("::").replace("::", "/"));
                        self.add_file(files, &file, &below);
                    }
                }
                let named = Named::new("mod", &inner.vis, &inner.attrs);
                module.items.insert(name, named);
            } else {
                module.add(&item);
            }
        }
        self.modules.insert(path.to_owned(), module);
    }

    /// The public names, a line each, in the order of their paths.
    fn listed(&self) -> String {
        let methods = self.methods();
        let mut lines = BTreeMap::new();
        let mut seen = BTreeMap::new();
        // the shortest path of a name is its own, and the others lead to it
        let mut open = vec![(String::new(), String::new())];
        while !open.is_empty() {
            let mut deeper = Vec::new();
            for (shown, module) in open {
                for (name, definition, hidden) in self.names(&module) {
                    let path = format!("{shown}{name}");
                    let Some(item) = self.item(&definition) else {
                        let line = format!("use {path} = {}", definition.0 + &definition.1);
                        lines.insert((shown.clone(), line), Vec::new());
                        continue;
                    };
                    let mark = if hidden { " (hidden)" } else { "" };
                    if let Some(first) = seen.get(&definition) {
                        let line = format!("use {path} = {first}{mark}");
                        lines.insert((shown.clone(), line), Vec::new());
                        continue;
                    }
                    seen.insert(definition.clone(), path.clone());
                    let mut below = item.below.clone();
                    below.extend(methods.get(&definition).into_iter().flatten().cloned());
                    below.sort();
                    lines.insert(
                        (shown.clone(), format!("{} {path}{mark}", item.kind)),
                        below,
                    );
                    if item.kind == "mod" && !hidden {
                        let module = format!("{}{}::", definition.0, definition.1);
                        deeper.push((format!("{path}::"), module));
                    }
                }
            }
            // it only repeats names
            deeper.sort_by_key(|(shown, _)| shown == "prelude::");
            open = deeper;
        }
        let mut text = String::new();
        let generated = self.modules.values().flat_map(|module| &module.macros);
        let generated =
            generated.map(|(name, below)| (format!("macro {name}! writes"), below.clone()));
        let lines = lines.into_iter().map(|((_, line), below)| (line, below));
        for (line, below) in lines.chain(generated) {
            text += &format!("{line}\n");
            below
                .iter()
                .for_each(|name| text += &format!("    {name}\n"));
        }
        text
    }

    /// The names that a module offers, with where each is defined; a definition elsewhere has the
    /// path of another crate.
    fn names(&self, path: &str) -> Vec<(String, Definition, bool)> {
        let module = &self.modules[path];
        let own = module.items.iter().filter(|(_, item)| item.public);
        let own = own.map(|(name, item)| {
            let definition = (path.to_owned(), name.clone());
            (name.clone(), definition, item.hidden)
        });
        let exported = module.exports.iter().flat_map(|export| {
            let definition = self.definition(path, &export.path);
            match (export.name.as_str(), definition) {
                ("*", Some((module, name))) => {
                    let variants = &self.modules[&module].items[&name].variants;
                    let own = format!("{module}{name}::");
                    let all = variants.iter();
                    all.map(|name| (name.clone(), (own.clone(), name.clone()), export.hidden))
                        .collect()
                }
                (name, Some(definition)) => vec![(name.to_owned(), definition, export.hidden)],
                (name, None) => {
                    let (last, before) = export.path.split_last().expect("a path has a name");
                    let before = before.iter().map(|part| format!("{part}::")).collect();
                    vec![(name.to_owned(), (before, last.clone()), export.hidden)]
                }
            }
        });
        own.chain(exported).collect()
    }

    fn item(&self, (module, name): &Definition) -> Option<&Named> {
        self.modules.get(module)?.items.get(name)
    }

    /// Where the item of a path is defined, as seen from a module.
    fn definition(&self, from: &str, path: &[String]) -> Option<Definition> {
        let (first, rest) = path.split_first()?;
        let (mut module, mut rest) = match first.as_str() {
            "crate" => (String::new(), rest),
            "self" => (from.to_owned(), rest),
            "super" => (parent(from), rest),
            _ => (from.to_owned(), path),
        };
        loop {
            let (name, further) = rest.split_first()?;
            if name == "super" {
                (module, rest) = (parent(&module), further);
                continue;
            }
            let found = self.lookup(&module, name, !further.is_empty())?;
            if further.is_empty() {
                return Some(found);
            }
            (module, rest) = (format!("{}{}::", found.0, found.1), further);
        }
    }

    /// A module and a function may have one name: in the middle of a path it is the module's.
    fn lookup(&self, path: &str, name: &str, is_module: bool) -> Option<Definition> {
        let module = self.modules.get(path)?;
        let own = module.items.get(name);
        let own = own.map(|item| (item.kind, (path.to_owned(), name.to_owned())));
        match own {
            Some((kind, own)) if (kind == "mod") == is_module || kind == "enum" => {
                return Some(own);
            }
            _ => {}
        }
        let mut imports = module.exports.iter().chain(&module.imports);
        let imported = imports.find_map(|import| {
            let is_it = import.name == name && import.path != [name];
            self.definition(path, is_it.then_some(&import.path)?)
        });
        imported.or(own.map(|(_, own)| own))
    }

    /// The public methods of each type, wherever they are written.
    fn methods(&self) -> BTreeMap<Definition, BTreeSet<String>> {
        let mut methods: BTreeMap<Definition, BTreeSet<String>> = BTreeMap::new();
        for (path, module) in &self.modules {
            for (of, names) in &module.impls {
                let of: Vec<String> = of.split("::").map(str::to_owned).collect();
                let definition = self.definition(path, &of);
                let definition = definition.unwrap_or_else(|| panic!("`{of:?}` in `{path}`"));
                methods
                    .entry(definition)
                    .or_default()
                    .extend(names.iter().cloned());
            }
        }
        methods
    }
}

fn parent(path: &str) -> String {
    let above = path.trim_end_matches("::").rsplit_once("::");
    above.map_or_else(String::new, |(above, _)| format!("{above}::"))
}

impl Named {
    fn new(kind: &'static str, visibility: &Visibility, attributes: &[Attribute]) -> Named {
        Named {
            kind,
            public: is_public(visibility),
            hidden: is_hidden(attributes),
            below: Vec::new(),
            variants: Vec::new(),
        }
    }
}

impl Module {
    fn add(&mut self, item: &Item) {
        let (kind, name, visibility, attributes) = match item {
            Item::Struct(item) => ("struct", &item.ident, &item.vis, &item.attrs),
            Item::Enum(item) => ("enum", &item.ident, &item.vis, &item.attrs),
            Item::Trait(item) => ("trait", &item.ident, &item.vis, &item.attrs),
            Item::Type(item) => ("type", &item.ident, &item.vis, &item.attrs),
            Item::Const(item) => ("const", &item.ident, &item.vis, &item.attrs),
            Item::Static(item) => ("static", &item.ident, &item.vis, &item.attrs),
            Item::Fn(item) => ("fn", &item.sig.ident, &item.vis, &item.attrs),
            Item::Use(item) => {
                let hidden = is_hidden(&item.attrs);
                let all = match is_public(&item.vis) {
                    true => &mut self.exports,
                    false => &mut self.imports,
                };
                return flatten(&item.tree, &[], hidden, all);
            }
            Item::Impl(item) => return self.add_impl(item),
            Item::Macro(item) => return self.add_macro(item),
            _ => return,
        };
        let mut named = Named::new(kind, visibility, attributes);
        match item {
            Item::Trait(item) => named.below = item.items.iter().filter_map(in_trait).collect(),
            Item::Enum(item) => {
                let variants = item.variants.iter();
                named.variants = variants.map(|variant| variant.ident.to_string()).collect();
            }
            _ => {}
        }
        self.items.insert(name.to_string(), named);
    }

    fn add_impl(&mut self, item: &syn::ItemImpl) {
        let syn::Type::Path(of) = &*item.self_ty else {
            return;
        };
        let names: Vec<String> = item.items.iter().filter_map(in_impl).collect();
        if item.trait_.is_none() && !names.is_empty() {
            let of = of.path.segments.iter().map(|part| part.ident.to_string());
            let of = of.collect::<Vec<_>>().join("::");
            self.impls.push((of, names));
        }
    }

    /// A macro is a public name if it is exported, and otherwise may write some.
    fn add_macro(&mut self, item: &syn::ItemMacro) {
        let Some(name) = &item.ident else { return };
        let exported = |attribute: &Attribute| attribute.path().is_ident("macro_export");
        if item.attrs.iter().any(exported) {
            let public = Visibility::Public(syn::token::Pub::default());
            let named = Named::new("macro", &public, &item.attrs);
            self.exported.push((name.to_string(), named));
            return;
        }
        let text = item.mac.tokens.to_token_stream().to_string();
        let mut written: Vec<String> = text
            .split("pub ")
            .skip(1)
            .filter_map(|rest| rest.split_once("fn ")?.1.split('(').next().map(str::trim))
            .map(str::to_owned)
            .collect();
        written.sort();
        written.dedup();
        if !written.is_empty() {
            self.macros.push((name.to_string(), written));
        }
    }
}

fn in_trait(item: &TraitItem) -> Option<String> {
    match item {
        TraitItem::Fn(item) => Some(marked(&item.sig.ident, &item.attrs)),
        TraitItem::Const(item) => Some(marked(&item.ident, &item.attrs)),
        TraitItem::Type(item) => Some(marked(&item.ident, &item.attrs)),
        _ => None,
    }
}

fn in_impl(item: &ImplItem) -> Option<String> {
    let (name, visibility, attributes) = match item {
        ImplItem::Fn(item) => (&item.sig.ident, &item.vis, &item.attrs),
        ImplItem::Const(item) => (&item.ident, &item.vis, &item.attrs),
        _ => return None,
    };
    is_public(visibility).then(|| marked(name, attributes))
}

fn marked(name: &syn::Ident, attributes: &[Attribute]) -> String {
    match is_hidden(attributes) {
        true => format!("{name} (hidden)"),
        false => name.to_string(),
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("doc")
            && attribute.to_token_stream().to_string().contains("hidden")
            && !matches!(attribute.meta, syn::Meta::NameValue(_))
    })
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.to_token_stream().to_string().contains("(test)")
    })
}

fn flatten(tree: &UseTree, before: &[String], hidden: bool, all: &mut Vec<Import>) {
    let with = |name: &str| [before, &[name.to_owned()]].concat();
    let mut push = |path: Vec<String>, name: String| all.push(Import { path, name, hidden });
    match tree {
        UseTree::Path(path) => flatten(&path.tree, &with(&path.ident.to_string()), hidden, all),
        UseTree::Group(group) => {
            let trees = group.items.iter();
            trees.for_each(|tree| flatten(tree, before, hidden, all));
        }
        UseTree::Glob(_) => push(before.to_vec(), "*".to_owned()),
        UseTree::Name(name) if name.ident == "self" => {
            push(before.to_vec(), before.last().cloned().unwrap_or_default());
        }
        UseTree::Name(name) => push(with(&name.ident.to_string()), name.ident.to_string()),
        UseTree::Rename(name) => push(with(&name.ident.to_string()), name.rename.to_string()),
    }
}
