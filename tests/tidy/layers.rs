//! The layers of migrate-core: a module uses only the modules to the left of it, so that the crate
//! reads in one direction. The test reads paths that begin with `crate::` or climb out of their
//! module with `super::`.

use std::collections::{BTreeMap, BTreeSet};

use crate::code;

const CRATE: &str = "migrate-core/src/";

/// The modules from the lowest to the highest.
const ORDER: &[&str] = &[
    "dialect",
    "redact",
    "url",
    "cancel",
    "schema",
    "sql",
    "script",
    "operation",
    "journal",
    "outcome",
    "error",
    "backend",
    "diff",
    "render",
    "bookkeeping",
    "op",
    "revision",
    "execute",
    "recovery",
    "autogenerate",
    "history",
    "migrator",
    "scratch",
    "databases",
    "diesel_source",
    "connections",
    "prelude",
    "applications",
    "__private",
    "engine",
];

#[test]
fn the_library_reads_in_one_direction() {
    let mut back = BTreeSet::new();
    let mut arrows = 0;
    let exported = exported(&crate::read("migrate-core/src/lib.rs"));
    assert_eq!(exported.get("Operations").map(String::as_str), Some("op"));
    for (name, text) in crate::rust_files() {
        let Some(file) = name.strip_prefix(CRATE) else {
            continue;
        };
        let path: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
        if path == ["lib"] || path.contains(&"tests") {
            continue;
        }
        let from = rank(path[0]).unwrap_or_else(|| panic!("`{}` is in no layer", path[0]));
        for used in modules_used(&code(&text), path.len()) {
            let Some(to) = rank(&used).or_else(|| rank(exported.get(&used)?)) else {
                continue; // a macro
            };
            arrows += usize::from(to < from);
            if to > from {
                back.insert((file.to_owned(), used));
            }
        }
    }
    assert!(
        arrows > 200,
        "only {arrows} uses of other modules were read"
    );
    assert!(back.is_empty(), "modules that use a higher one: {back:#?}");
}

/// What a file does that reads SQL by hand: it looks for quotes and comments, or cuts at white
/// space.
const BY_HAND: &[&str] = &[
    "'\\'' =>",
    "'\\'' if",
    "== '\\''",
    "_with(\"--",
    "_with(\"/*",
    "_prefix(\"--",
    "_prefix(\"/*",
    "find(\"--",
    "find(\"/*",
    "split_whitespace(",
    "split_ascii_whitespace(",
];

/// Files that do so, each with what it reads there.
const NO_SQL: &[(&str, &str)] = &[
    ("backend/mysql/definition.rs", "pieces that the lexer gave"),
    ("backend/mysql/quote.rs", "a string that it wrote itself"),
    (
        "backend/sqlite/rebuild/edit.rs",
        "pieces that the lexer gave",
    ),
    ("dialect/holder.rs", "a statement that is only shown"),
    ("redact.rs", "any text, which may hold a password"),
    ("op/block.rs", "the tokens of a block, which are Rust"),
    ("operation/describe.rs", "a statement that is only shown"),
    ("url.rs", "arguments of a command line"),
];

#[test]
fn only_one_module_reads_sql() {
    let mut found = BTreeMap::new();
    for (name, text) in crate::rust_files() {
        let file = name.strip_prefix(CRATE).filter(|file| {
            !file.starts_with("sql/") && *file != "sql.rs" && !file.contains("tests")
        });
        let Some(file) = file else {
            continue;
        };
        let code = code(&text);
        if let Some(hand) = BY_HAND.iter().find(|hand| code.contains(**hand)) {
            found.insert(file.to_owned(), *hand);
        }
    }
    for (file, what) in NO_SQL {
        assert!(
            found.remove(*file).is_some(),
            "`{file}` no longer reads {what}: leave it out of the list"
        );
    }
    assert!(
        found.is_empty(),
        "files that read SQL by hand, not with `sql`: {found:#?}"
    );
}

#[test]
fn arrows_are_read_from_every_form_of_path() {
    let text = "use crate::{a, b::{c, d}};\nuse crate::e::f;\nfn g(h: super::super::i::J, k: super::l::M) { crate::n::o() }\n";
    let used = modules_used(text, 2);
    let used: Vec<&str> = used.iter().map(String::as_str).collect();
    assert_eq!(used, ["a", "b", "e", "i", "n"]);
}

/// The module of each name that the crate exports at its root.
fn exported(text: &str) -> BTreeMap<String, String> {
    let mut modules = BTreeMap::new();
    for export in text.split("pub use ").skip(1) {
        let Some((module, rest)) = export.split_once("::") else {
            continue;
        };
        let names = rest.split(';').next().unwrap_or_default();
        for name in names.split(|c: char| !c.is_alphanumeric() && c != '_') {
            modules.insert(name.to_owned(), module.to_owned());
        }
    }
    modules
}

fn rank(module: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == module)
}

/// The modules at the root that a text names, which lies so many modules deep.
fn modules_used(text: &str, depth: usize) -> BTreeSet<String> {
    let root = "super::".repeat(depth);
    let climbs = |at: usize| text[..at].ends_with("super::") || text[..at].ends_with("$crate::");
    let mut used = BTreeSet::new();
    for start in ["crate::", root.as_str()] {
        for (at, _) in text.match_indices(start) {
            let is_word = text[..at].ends_with(|c: char| c.is_alphanumeric() || "_$".contains(c));
            if is_word || climbs(at) {
                continue;
            }
            let rest = &text[at + start.len()..];
            match rest.strip_prefix('{') {
                Some(list) => used.extend(first_names(list)),
                None => used.extend(name(rest)),
            }
        }
    }
    used
}

/// The first name of each entry of a list of imports, up to the brace that closes it.
fn first_names(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut begins) = (0, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if begins && !c.is_whitespace() => {
                names.extend(name(&list[at..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

fn name(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    (end > 0 && text[..end] != *"super").then(|| text[..end].to_owned())
}

/// The crates whose modules are checked for cycles; migrate-core has its layers.
const CRATES: &[&str] = &[
    "migrate-graph",
    "migrate-source",
    "migrate-macros",
    "migrate-cli",
    "cargo-migrate",
];

#[test]
fn the_modules_of_no_crate_form_a_cycle() {
    let files = crate::rust_files();
    for package in CRATES {
        let folder = format!("{package}/src/");
        let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let root = files
            .iter()
            .find(|(name, _)| *name == format!("{folder}lib.rs"));
        let exported = exported(root.map_or("", |(_, text)| text));
        for (name, text) in &files {
            let Some(file) = name.strip_prefix(&folder) else {
                continue;
            };
            let path: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
            if ["lib", "main"].contains(&path[0]) || path.contains(&"tests") {
                continue;
            }
            let used = modules_used(&code(text), path.len()).into_iter();
            let used = used.map(|name| exported.get(&name).cloned().unwrap_or(name));
            uses.entry(path[0].to_owned()).or_default().extend(used);
        }
        assert!(uses.len() > 5, "only {} modules of {package}", uses.len());
        let cycle = in_a_cycle(uses);
        assert!(
            cycle.is_empty(),
            "modules of {package} that use each other in a cycle: {cycle:#?}"
        );
    }
}

#[test]
fn a_cycle_is_found_and_what_only_leads_to_it_is_not_in_it() {
    let uses = |pairs: &[(&str, &[&str])]| {
        let pairs = pairs.iter().map(|(from, to)| {
            let to = to.iter().map(|name| (*name).to_owned()).collect();
            ((*from).to_owned(), to)
        });
        in_a_cycle(pairs.collect())
    };
    assert!(uses(&[("a", &["a", "b"]), ("b", &["c"]), ("c", &[])]).is_empty());
    let found = uses(&[
        ("a", &["b"]),
        ("b", &["c"]),
        ("c", &["d"]),
        ("d", &["b"]),
        ("e", &[]),
    ]);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["b", "c", "d"]);
}

/// What is left when modules that use none of the others, and modules that none of the others uses,
/// are taken away as long as there are any.
fn in_a_cycle(mut uses: BTreeMap<String, BTreeSet<String>>) -> BTreeMap<String, BTreeSet<String>> {
    loop {
        let left = uses.len();
        let known: BTreeSet<String> = uses.keys().cloned().collect();
        for (from, to) in &mut uses {
            to.retain(|to| known.contains(to) && to != from);
        }
        uses.retain(|_, to| !to.is_empty());
        let used: BTreeSet<String> = uses.values().flatten().cloned().collect();
        uses.retain(|from, _| used.contains(from));
        if uses.len() == left {
            return uses;
        }
    }
}
