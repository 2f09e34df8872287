//! `docs/commands.md`: what `cargo migrate help` prints for each command, the general options once.

use std::env;
use std::fmt::Write;
use std::fs;
use std::process::Command;

use migrate_tests::{cargo_migrate, workspace_root};

/// The command that writes the page.
const COMMAND: &str =
    "SNAPSHOTS=overwrite cargo test --package migrate-tests --test book reference::";

/// The sections of a help text that are not arguments or commands.
const GENERAL: &str = "General options";
const EXAMPLES: &str = "Examples";

/// `cargo migrate help WORDS`, 100 columns wide.
fn help(words: &[&str]) -> String {
    let output = Command::new(cargo_migrate())
        .args(["migrate", "help"])
        .args(words)
        .env("NO_COLOR", "1")
        .env("COLUMNS", "100")
        .output()
        .expect("the binary can be started");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A help text in its parts.
struct Help {
    about: String,
    usage: String,
    /// The sections with their headings.
    sections: Vec<(String, Vec<Entry>)>,
}

/// An argument or an option.
#[derive(Clone, PartialEq, Eq)]
struct Entry {
    form: String,
    words: String,
}

impl Help {
    fn read(text: &str) -> Help {
        let mut help = Help {
            about: String::new(),
            usage: String::new(),
            sections: Vec::new(),
        };
        for line in text.lines() {
            let heading = line
                .strip_suffix(':')
                .filter(|heading| !heading.starts_with(' ') && !help.usage.is_empty());
            match (line.strip_prefix("Usage: "), heading) {
                (Some(usage), _) => help.usage.push_str(usage),
                (None, Some(heading)) => help.sections.push((heading.to_owned(), Vec::new())),
                (None, None) => match help.sections.last_mut() {
                    None => {
                        help.about.push_str(line);
                        help.about.push('\n');
                    }
                    Some((_, entries)) => Entry::continues(entries, line),
                },
            }
        }
        help
    }

    fn entries(&self, heading: &str) -> &[Entry] {
        let found = self.sections.iter().find(|(name, _)| name == heading);
        found.map_or(&[], |(_, entries)| entries)
    }
}

impl Entry {
    /// Reads a line of a section: a form, the words beside it, or more words.
    fn continues(entries: &mut Vec<Entry>, line: &str) {
        let indent = line.len() - line.trim_start().len();
        let text = line.trim();
        match entries.last_mut() {
            _ if (1..=6).contains(&indent) => {
                let (form, words) = text.split_once("  ").unwrap_or((text, ""));
                entries.push(Entry {
                    form: form.to_owned(),
                    words: words.trim().to_owned(),
                });
            }
            Some(entry) => {
                let words = &mut entry.words;
                match (text, words.is_empty() || words.ends_with("<br>")) {
                    ("", true) => {}
                    ("", false) => words.push_str("<br>"),
                    (text, start) => {
                        if !start {
                            words.push(' ');
                        }
                        words.push_str(text);
                    }
                }
            }
            None => {}
        }
    }
}

fn cell(text: &str) -> String {
    let text = text.trim_end_matches("<br>").replace('|', "\\|");
    // outside of code, `<` begins a tag
    let parts = text.split('`').enumerate().map(|(number, part)| {
        let breaks = part.replace("<br>", "\n");
        match number % 2 {
            0 => breaks.replace('<', "&lt;").replace('\n', "<br>"),
            _ => breaks,
        }
    });
    parts.collect::<Vec<_>>().join("`")
}

/// The section of a command, and of those below it.
fn command(page: &mut String, words: &[&str]) {
    let help = Help::read(&help(words));
    let level = "#".repeat(2 + words.len());
    let about = help.about.trim();
    let about: Vec<&str> = about.split("\n\n").collect();
    writeln!(page, "\n{level} `{}`\n", words.join(" ")).unwrap();
    for paragraph in about {
        writeln!(page, "{}\n", cell(&paragraph.replace('\n', " "))).unwrap();
    }
    writeln!(page, "```text\n{}\n```", help.usage).unwrap();
    let mut rows = String::new();
    for (heading, entries) in &help.sections {
        if ["Commands", GENERAL, EXAMPLES].contains(&heading.as_str()) {
            continue;
        }
        for entry in entries {
            writeln!(
                rows,
                "| `{}` | {} |",
                entry.form.replace('|', "\\|"),
                cell(&entry.words)
            )
            .unwrap();
        }
    }
    if !rows.is_empty() {
        write!(page, "\n| | |\n|---|---|\n{rows}").unwrap();
    }
    let shown = help.entries(GENERAL).iter().filter(|entry| !is_help(entry));
    let shown: Vec<String> = shown
        .map(|entry| {
            let mut names = entry
                .form
                .split([' ', ',', '<'])
                .filter(|name| name.starts_with('-'));
            format!("`{}`", names.next_back().unwrap_or_default())
        })
        .collect();
    if !shown.is_empty() {
        writeln!(page, "\n[Also](#general-options): {}", shown.join(", ")).unwrap();
    }
    let examples = help
        .entries(EXAMPLES)
        .iter()
        .map(|entry| match entry.words.as_str() {
            "" => entry.form.clone(),
            words => format!("{}  {words}", entry.form),
        });
    let examples: Vec<String> = examples.collect();
    writeln!(
        page,
        "\n<!-- not run: each parses; a test has them -->\n```sh\n{}\n```",
        examples.join("\n")
    )
    .unwrap();
    for inner in help.entries("Commands") {
        let name = inner.form.split([' ', ',']).next().unwrap_or_default();
        if name != "help" {
            command(page, &[words, &[name]].concat());
        }
    }
}

fn page() -> String {
    let root = Help::read(&help(&[]));
    let mut page = format!(
        "# Commands\n\n\
         Each command, as `cargo migrate help COMMAND` prints it. This page is generated, and a test keeps it true: `{COMMAND}`\n\n\
         [JSON and exit codes](json.md) says what `--json` prints; [revisions](revisions.md#targets), what a target is.\n\n\
         ## {GENERAL}\n\nMost commands have them; each says which.\n\n| | |\n|---|---|\n"
    );
    for entry in root.entries(GENERAL).iter().filter(|entry| !is_help(entry)) {
        writeln!(page, "| `{}` | {} |", entry.form, cell(&entry.words)).unwrap();
    }
    for (title, commands) in &root.sections {
        if [GENERAL, EXAMPLES].contains(&title.as_str()) {
            continue;
        }
        write!(page, "\n## {title}\n").unwrap();
        for entry in commands {
            command(&mut page, &[&entry.form]);
        }
    }
    page
}

fn is_help(entry: &Entry) -> bool {
    entry.form.starts_with("-h, --help")
}

#[test]
fn the_reference_is_what_the_program_prints() {
    let file = workspace_root().join("docs/commands.md");
    let page = page();
    if env::var("SNAPSHOTS").is_ok_and(|action| action == "overwrite") {
        fs::write(&file, page).unwrap();
        return;
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == page,
        "docs/commands.md is not what the program prints\nhelp: {COMMAND}"
    );
}
