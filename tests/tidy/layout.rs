//! Files: where they are, how they begin, and that none is forgotten.

use std::fs;

#[test]
fn every_file_says_what_it_is_for() {
    let is_written = |text: &str| !text.starts_with("// @generated");
    let bare: Vec<_> = crate::rust_files()
        .into_iter()
        .filter(|(name, text)| !is_fixture(name) && is_written(text) && !text.starts_with("//!"))
        .map(|(name, _)| name)
        .collect();
    assert!(
        bare.is_empty(),
        "files that do not begin with `//!`: {bare:#?}"
    );
}

#[test]
fn no_test_folder_is_forgotten() {
    let manifest = crate::read("tests/Cargo.toml");
    for entry in
        fs::read_dir(migrate_tests::workspace_root().join("tests")).expect("tests/ can be read")
    {
        let path = entry.expect("an entry can be read").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.ends_with(".rs") {
            panic!("tests/{name} is in no test: move it into a folder with a main.rs");
        }
        if path.join("main.rs").exists() {
            let wanted = format!("path = \"{name}/main.rs\"");
            assert!(
                manifest.contains(&wanted),
                "tests/Cargo.toml has no [[test]] with {wanted}"
            );
        }
    }
}

#[test]
fn every_file_of_a_test_is_reached() {
    let files = crate::rust_files();
    for (name, _) in &files {
        let is_test = name.starts_with("tests/") && !is_fixture(name);
        let is_root = name.ends_with("/main.rs") || name == "tests/support/lib.rs";
        if !is_test || is_root {
            continue;
        }
        let (folder, file) = name.rsplit_once('/').expect("a path below tests/");
        let module = file.trim_end_matches(".rs");
        let parents = [
            format!("{folder}.rs"),
            format!("{folder}/main.rs"),
            format!("{folder}/lib.rs"),
        ];
        let declared = files.iter().any(|(parent, text)| {
            parents.contains(parent) && text.contains(&format!("mod {module};"))
        });
        let included = files
            .iter()
            .any(|(_, text)| text.contains(&format!("/{file}\"")));
        assert!(
            declared || included,
            "{name} is reached by no `mod {module};` and no include_str!"
        );
    }
}

/// The most lines of a file and methods of a trait that a reader takes in at once.
const LINES: usize = 600;
const METHODS: usize = 15;

#[test]
fn no_file_and_no_trait_is_too_long() {
    let mut found = Vec::new();
    for (name, text) in crate::rust_files() {
        let is_production = name.contains("/src/") && !name.starts_with("tests/");
        if !is_production || name.ends_with("tests.rs") || name.contains("/tests/") {
            continue;
        }
        let code = &text[..text.find("#[cfg(test)]\nmod ").unwrap_or(text.len())];
        if code.lines().count() > LINES {
            found.push(format!("{name}: {} lines", code.lines().count()));
        }
        for (at, _) in code.match_indices("\npub trait ") {
            let body = &code[at + 1..];
            let body = &body[..body.find("\n}\n").unwrap_or(body.len())];
            let methods = body.matches("\n    fn ").count();
            if methods > METHODS {
                let header = body.lines().next().unwrap_or_default();
                found.push(format!("{name}: {header} has {methods} methods"));
            }
        }
    }
    assert!(
        found.is_empty(),
        "over {LINES} lines or {METHODS} methods: {found:#?}"
    );
}

/// The width of code, which comments keep to as well.
const WIDTH: usize = 100;

#[test]
fn comments_keep_to_the_width_of_code() {
    let rules = crate::read("rustfmt.toml");
    assert!(rules.contains(&format!("max_width = {WIDTH}\n")));
    let mut found = Vec::new();
    for (name, text) in crate::rust_files() {
        if is_fixture(&name) {
            continue;
        }
        let mut in_example = false;
        for (number, line) in text.lines().enumerate() {
            let comment = line.trim_start();
            let is_fence = comment
                .trim_start_matches(['/', '!', ' '])
                .starts_with("```");
            in_example ^= comment.starts_with("//") && is_fence;
            if comment.starts_with("//") && !in_example && line.chars().count() > WIDTH {
                found.push(format!("{name}:{}", number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{} comments: {found:#?}", found.len());
}

/// A fixture is material of a test: it may be wrong on purpose.
fn is_fixture(name: &str) -> bool {
    name.starts_with("tests/ui/") && name != "tests/ui/main.rs"
}
