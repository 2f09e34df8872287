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

/// One line for each module, in the section of its crate: the files directly below `src`; those in
/// folders through their parent.
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
    let text = read("docs/glossary.md");
    let (terms, _) = text.split_once(NOT_USED).expect("the last section");
    let entries = terms.lines().filter(|line| line.starts_with("- "));
    let mut words: Vec<&str> = entries
        .flat_map(|line| line.split("**").skip(1).step_by(2))
        .collect();
    assert!(words.len() > 30, "only {} words were read", words.len());
    words.sort_unstable();
    let twice: Vec<_> = words.windows(2).filter(|two| two[0] == two[1]).collect();
    assert!(twice.is_empty(), "explained twice: {twice:?}");
}

/// The heading of the glossary's list of words that have a better one.
const NOT_USED: &str = "## Words that are not used";

#[test]
fn words_with_a_better_one_are_not_used() {
    let glossary = read("docs/glossary.md");
    let (_, table) = glossary.split_once(NOT_USED).expect("the last section");
    let rows = table.lines().filter(|line| line.starts_with("| "));
    let words: Vec<&str> = rows
        .skip(1)
        .filter_map(|row| row.split('|').nth(1))
        .flat_map(|cell| cell.split(','))
        .map(str::trim)
        .collect();
    assert!(words.len() > 10, "only {words:?} were read");
    let mut found = Vec::new();
    for (name, text) in crate::files(&["rs", "md"]) {
        // what the changelog says of earlier versions stays
        let exempt = ["docs/glossary.md", "CHANGELOG.md"].contains(&name.as_str());
        for (number, line) in text.lines().enumerate().filter(|_| !exempt) {
            let used = words.iter().filter(|word| has_word(line, word));
            found.extend(used.map(|word| format!("{name}:{}: {word}", number + 1)));
        }
    }
    assert!(found.is_empty(), "{} uses: {found:#?}", found.len());
}

fn has_word(line: &str, word: &str) -> bool {
    let line = line.to_lowercase();
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        !letter(line[..at].chars().next_back()) && !letter(line[at + word.len()..].chars().next())
    })
}

#[test]
fn a_word_is_found_as_a_word_only() {
    assert!(has_word("A Cat, or a dog", "cat"));
    assert!(has_word("the black cat's", "black cat"));
    assert!(!has_word("the catalogue, `cat_of`, concatenated", "cat"));
}

#[test]
fn what_a_revision_calls_has_an_example() {
    let mut seen = 0;
    let mut missing = Vec::new();
    for (name, text) in crate::rust_files() {
        let is_called: fn(&str) -> bool = match name.strip_prefix("migrate-core/src/") {
            Some(path) if path == "op.rs" || path.starts_with("op/") => |_| true,
            // data as well, of which bodies call what builds on
            Some("schema/column.rs" | "schema/index.rs" | "schema/sql.rs" | "schema/types.rs") => {
                |line| {
                    line.contains("(self")
                        || line.contains("(mut self")
                        || line.ends_with("-> Type {")
                }
            }
            _ => continue,
        };
        for (function, has_example) in public_functions(&text, is_called) {
            seen += 1;
            if !has_example {
                missing.push(format!("{name}: {function}"));
            }
        }
    }
    assert!(seen > 150, "only {seen} functions were found");
    assert!(missing.is_empty(), "without an example: {missing:#?}");
}

/// The lines of the public functions of a file that match, with whether their comments have a code
/// block. What is hidden from the documentation is left out.
fn public_functions(text: &str, is_meant: fn(&str) -> bool) -> Vec<(&str, bool)> {
    let (mut found, mut example, mut hidden) = (Vec::new(), false, false);
    for line in text.lines().map(str::trim) {
        let function = line.strip_prefix("pub fn ");
        let function = function.or(line.strip_prefix("pub const fn "));
        if let Some(function) = function.filter(|_| !hidden && is_meant(line)) {
            found.push((function, example));
        }
        example |= line.starts_with("/// ```");
        hidden |= line == "#[doc(hidden)]";
        if function.is_some() || line.is_empty() || line == "}" {
            (example, hidden) = (false, false);
        }
    }
    found
}

#[test]
fn a_public_function_without_an_example_is_found() {
    let text = "
        /// One.
        ///
        /// ```
        /// one();
        /// ```
        #[must_use]
        pub fn one() {}
        /// Two.
        pub const fn two() {}
        #[doc(hidden)]
        pub fn three() {}
        fn four() {}
    ";
    assert_eq!(
        public_functions(text, |_| true),
        [("one() {}", true), ("two() {}", false)]
    );
}

/// Examples are compiled together, as one program, unless the name of one crate's root is in one of
/// them: then each is compiled by itself, which costs a minute.
#[test]
fn examples_can_be_compiled_together() {
    let mut found = Vec::new();
    let mut blocks = 0;
    for (name, text) in crate::rust_files() {
        if !name.starts_with("migrate-") || name.contains("/tests/") {
            continue;
        }
        let mut block: Option<bool> = None; // whether it is a program of its own
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_start();
            let Some(line) = line.strip_prefix("///").or(line.strip_prefix("//!")) else {
                block = None;
                continue;
            };
            if let Some(language) = line.trim_start().strip_prefix("```") {
                blocks += 1;
                block = match block {
                    None => Some(language.contains("standalone_crate")),
                    Some(_) => None,
                };
            } else if block == Some(false) && line.contains("crate::") && !line.contains("$crate::")
            {
                found.push(format!("{name}:{}:{line}", number + 1));
            }
        }
    }
    assert!(blocks > 300, "only {blocks} blocks were found");
    assert!(
        found.is_empty(),
        "`super::` is meant, or `standalone_crate`: {found:#?}"
    );
}
