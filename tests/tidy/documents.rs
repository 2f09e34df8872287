//! The documents say what is true.

use crate::read;

/// The commands in the README's section "Two commands", one to run and one to test.
fn commands() -> Vec<String> {
    let readme = read("README.md");
    let section = readme
        .split("## Two commands")
        .nth(1)
        .expect("the README has that section");
    section
        .split("```")
        .filter(|block| block.starts_with("sh\n"))
        .take(2)
        .map(|block| block["sh\n".len()..].trim().to_owned())
        .collect()
}

#[test]
fn ci_runs_the_readmes_test_command() {
    let commands = commands();
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert_eq!(commands[0], "cargo migrate up");
    let ci = read(".ci/run");
    assert!(
        ci.lines().any(|line| line.trim() == commands[1]),
        ".ci/run has no line `{}`",
        commands[1]
    );
}

/// One line for each module, in the section of its crate: the files directly below `src`; those in folders through their parent.
#[test]
fn architecture_names_every_module() {
    let map = read("ARCHITECTURE.md");
    let mut missing = Vec::new();
    for (name, _) in crate::rust_files() {
        let Some((package, file)) = name.split_once("/src/") else {
            continue;
        };
        if package.contains('/') || file.contains('/') {
            continue;
        }
        let section = map
            .split("\n### ")
            .find(|section| section.starts_with(&format!("{package}:")))
            .unwrap_or_else(|| panic!("ARCHITECTURE.md has no section for {package}"));
        if !section.contains(&format!("| `{file}` |")) {
            missing.push(name);
        }
    }
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md has no line for: {missing:#?}"
    );
}

#[test]
fn every_word_of_the_glossary_is_explained_once() {
    let text = read("CONTRIBUTING.md");
    let glossary = text
        .split("## Glossary")
        .nth(1)
        .expect("CONTRIBUTING.md has a glossary");
    for word in [
        "revision",
        "id",
        "parent",
        "dependency",
        "head",
        "base",
        "branch label",
        "merge",
        "target",
        "plan",
        "step",
        "operation",
        "applied set",
        "journal",
        "backend",
        "environment",
        "history",
    ] {
        let line = format!("**{word}**");
        assert_eq!(
            glossary.matches(&line).count(),
            1,
            "the glossary explains {line} not exactly once"
        );
    }
}
