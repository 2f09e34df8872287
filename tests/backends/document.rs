//! `docs/operations.md`: which operation works on which database, generated from the records of the
//! suite in `effects/`, and each as Rust, from the source of the suite. It needs no database; the
//! test cases check the records.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// The databases, by the folders of their records.
const BACKENDS: [(&str, &str); 4] = [
    ("sqlite", "SQLite"),
    ("postgres", "PostgreSQL"),
    ("mysql", "MySQL"),
    ("mariadb", "MariaDB"),
];

/// The command that writes the page.
const COMMAND: &str =
    "SNAPSHOTS=overwrite cargo test --package migrate-tests --test backends document::";

/// The sections of the page.
const SECTIONS: &[&str] = &[
    "Tables",
    "Columns",
    "Constraints",
    "Indexes",
    "Views",
    "Sequences",
    "Enum types and domains",
    "Schemas and extensions",
    "Rows and statements",
    "Types of columns",
];

/// The record of a case on one database.
struct Record {
    works: bool,
    /// The notes.
    notes: Vec<String>,
}

impl Record {
    fn read(text: &str) -> Record {
        let mut notes = Vec::new();
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        if let Some(refused) = first.strip_prefix("refused: ") {
            let help = lines.find_map(|line| line.strip_prefix("help: "));
            notes.push(format!("{refused}. Help: {}", help.unwrap_or_default()));
        }
        for line in lines {
            if let Some(why) = line.strip_prefix("reverse: ") {
                notes.push(format!("Without a reverse: {why}"));
            } else if let Some(why) = line.strip_prefix("script: ") {
                notes.push(format!(
                    "Not in offline mode (`--sql`), where nothing can be looked up: {why}"
                ));
            } else if let Some(why) = line.strip_prefix("after a crash: ") {
                notes.push(format!(
                    "After a crash a person decides whether it took effect: {why}"
                ));
            }
        }
        Record {
            works: first == "works",
            notes,
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("backends/effects")
}

/// The names of the cases of a database.
fn cases(backend: &str) -> BTreeSet<String> {
    fs::read_dir(folder().join(backend))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// The section of a case, by its name.
fn section(case: &str) -> &'static str {
    let begins = |words: &[&str]| words.iter().any(|word| case.starts_with(word));
    let has = |words: &[&str]| words.iter().any(|word| case.contains(word));
    if begins(&["type_"]) {
        "Types of columns"
    } else if begins(&["bulk_", "execute_"]) {
        "Rows and statements"
    } else if begins(&["add_column", "alter_column", "drop_column", "rename_column"]) {
        "Columns"
    } else if has(&["_table"]) {
        "Tables"
    } else if has(&["index"]) {
        "Indexes"
    } else if has(&["view"]) {
        "Views"
    } else if has(&["sequence"]) {
        "Sequences"
    } else if has(&["enum", "domain"]) {
        "Enum types and domains"
    } else if has(&["schema", "extension"]) {
        "Schemas and extensions"
    } else {
        "Constraints"
    }
}

/// What the cases of the suite run, by their names, as they are written there.
fn examples() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("backends/operations");
    let mut examples = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for (at, _) in text.match_indices("name: \"") {
            let rest = &text[at + "name: \"".len()..];
            let name = rest.split('"').next().unwrap_or_default();
            if let Some(change) = rest.find("change: ") {
                let change = &rest[change + "change: ".len()..];
                examples.insert(name.to_owned(), up_to(change, ',', 8));
            }
        }
        for block in text.split("cases! {\n").skip(1) {
            let mut rest = block.split("\n}\n").next().unwrap_or_default();
            while let Some((name, after)) = rest.trim_start().split_once(": ") {
                let change = &after[end(after, ',') + 1..];
                examples.insert(name.to_owned(), up_to(change, ';', 4));
                rest = change.get(end(change, ';') + 1..).unwrap_or_default();
            }
        }
    }
    examples.retain(|_, text| !text.is_empty());
    examples
}

/// Where a text has the mark outside of brackets and quotes.
fn end(text: &str, mark: char) -> usize {
    let mut depth = 0;
    let mut in_quotes = false;
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        match letter {
            '"' if before != '\\' => in_quotes = !in_quotes,
            _ if in_quotes => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            letter if letter == mark && depth == 0 => return at,
            _ => {}
        }
        before = letter;
    }
    text.len()
}

/// The body of a closure as the lines of an upgrade, without the indent of its place; empty where a
/// function is named instead.
fn up_to(text: &str, mark: char, indent: usize) -> String {
    let text = text[..end(text, mark)].trim();
    let Some(body) = text.strip_prefix("|op| ") else {
        return String::new();
    };
    let inner = body
        .strip_prefix('{')
        .and_then(|body| body.strip_suffix('}'));
    let (body, indent) = match inner {
        Some(inner) => (inner, indent + 4),
        None => (body, indent),
    };
    let lines = body.trim_matches('\n').lines();
    let lines = lines.map(|line| {
        let spaces = line.len() - line.trim_start().len();
        &line[spaces.min(indent)..]
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The examples of a section, each under its name.
fn in_rust(page: &mut String, title: &str, cases: &[&String], examples: &BTreeMap<String, String>) {
    let mut blocks = Vec::new();
    for case in cases {
        match (examples.get(*case), title) {
            (None, _) => {}
            (Some(text), "Types of columns") => {
                let ty = text.strip_prefix("typed(op, ").unwrap_or_default();
                let ty = ty.strip_suffix(')').unwrap_or_default();
                if !ty.is_empty() && !ty.contains('\n') {
                    blocks.push(format!("column(\"value\", {ty})"));
                }
            }
            (Some(text), _) => blocks.push(format!("// {}\n{text}\n", case.replace('_', " "))),
        }
    }
    writeln!(
        page,
        "\n```rust,ignore\n{}\n```",
        blocks.join("\n").trim_end()
    )
    .unwrap();
}

fn page() -> String {
    let examples = examples();
    let cases: BTreeSet<String> = BACKENDS.iter().flat_map(|(name, _)| cases(name)).collect();
    let mut page = format!(
        "# Operations and databases\n\n\
         What each operation does on each database, as the test suite found it: every operation ran on the real \
         database, the catalogue showed exactly its effect, its reverse restored the catalogue, and the script of `--sql`, run by the \
         database's own client, left the same; a number refers to a note. What a database cannot do is \
         refused before anything is run, with the message that is shown here. After a crash, the outcome of an interrupted operation is looked up in \
         the catalogue, unless its note says otherwise.\n\n\
         Above each table is what the suite ran, under the same names. Each example ends as the body of a revision does: `op` is its argument, and \
         with another operation behind it, an operation ends in `?;`. For types, it is the column.\n\n\
         This page is generated: `{COMMAND}`\n"
    );
    for title in SECTIONS {
        let own: Vec<&String> = cases
            .iter()
            .filter(|case| section(case) == *title)
            .collect();
        write!(page, "\n## {title}\n").unwrap();
        in_rust(&mut page, title, &own, &examples);
        table(&mut page, title, &own);
    }
    page
}

fn table(page: &mut String, title: &str, cases: &[&String]) {
    let names: Vec<&str> = BACKENDS.iter().map(|(_, name)| *name).collect();
    let mut notes: Vec<String> = Vec::new();
    let mut rows = String::new();
    for case in cases {
        let words = match title {
            "Types of columns" => case.trim_start_matches("type_").replace('_', " "),
            _ => case.replace('_', " "),
        };
        write!(rows, "| {words} ").unwrap();
        for (backend, _) in BACKENDS {
            let file = folder().join(backend).join(format!("{case}.txt"));
            let text = fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let record = Record::read(&text);
            let mut cell = if record.works { "works" } else { "refused" }.to_owned();
            let mut seen = BTreeSet::new();
            for note in record.notes {
                let number = match notes.iter().position(|known| *known == note) {
                    Some(at) => at + 1,
                    None => {
                        notes.push(note);
                        notes.len()
                    }
                };
                if seen.insert(number) {
                    write!(cell, " [{number}]").unwrap();
                }
            }
            write!(rows, "| {cell} ").unwrap();
        }
        rows.push_str("|\n");
    }
    write!(
        page,
        "\n| | {} |\n|---|{}\n{rows}",
        names.join(" | "),
        "---|".repeat(names.len())
    )
    .unwrap();
    if !notes.is_empty() {
        page.push('\n');
    }
    for (number, note) in notes.iter().enumerate() {
        writeln!(page, "{}. {note}", number + 1).unwrap();
    }
}

#[test]
fn each_case_has_its_record_on_each_database() {
    let all: Vec<BTreeSet<String>> = BACKENDS.iter().map(|(name, _)| cases(name)).collect();
    for (one, (name, _)) in all.iter().zip(BACKENDS) {
        let missing: Vec<_> = all
            .iter()
            .flatten()
            .filter(|case| !one.contains(*case))
            .collect();
        assert!(missing.is_empty(), "{name} has no record of {missing:?}");
    }
}

/// Nearly all: a few run a function that prepares something as well.
#[test]
fn cases_are_examples() {
    let cases = cases("sqlite");
    let examples = examples();
    let without: Vec<_> = cases
        .iter()
        .filter(|case| !examples.contains_key(*case))
        .collect();
    assert!(without.len() * 10 < cases.len(), "no example: {without:?}");
    assert!(examples["rename_table"].starts_with("op.rename_table("));
}

#[test]
fn the_page_matches_the_records() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let page = page();
    if env::var("SNAPSHOTS").is_ok_and(|action| action == "overwrite") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, page).unwrap();
        return;
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page,
        "docs/operations.md is not what the suite has recorded\nhelp: {COMMAND}"
    );
}
