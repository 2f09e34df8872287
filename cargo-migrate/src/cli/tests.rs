//! Tests of the command line: what its help shows can be typed and read, and words of other tools
//! have an answer.

use migrate_cli::help::{Example, GENERAL};

use super::*;

fn typed(line: &str) -> Vec<OsString> {
    line.split_whitespace().map(OsString::from).collect()
}

/// What is printed for a line that is no command.
fn answer(line: &str) -> String {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let error = parse(&typed(line)).expect_err(line);
    Ui::new(&mut out, &mut err).clap(error);
    let printed = [out, err].concat();
    anstream::adapter::strip_str(&String::from_utf8(printed).unwrap()).to_string()
}

/// The path of each command that is shown, without that of the program.
fn paths() -> Vec<String> {
    fn below(command: &clap::Command, path: &str, paths: &mut Vec<String>) {
        for one in command.get_subcommands().filter(|one| !one.is_hide_set()) {
            let path = format!("{path} {}", one.get_name()).trim().to_owned();
            below(one, &path, paths);
            paths.push(path);
        }
    }
    let mut paths = Vec::new();
    below(&Cli::command(), "", &mut paths);
    paths
}

#[test]
fn the_definitions_are_sound() {
    command().debug_assert();
}

#[test]
fn options_with_values_are_known() {
    for (letter, expected) in [
        ('p', true),
        ('m', true),
        ('q', false),
        ('v', false),
        ('1', false),
    ] {
        assert_eq!(takes_value(letter), expected, "{letter}");
    }
}

#[test]
fn general_options_can_be_before_and_after_a_command() {
    for line in [
        "-p app up",
        "down -1 -p app",
        "--database-url a.db up",
        "up --database-url a.db",
        "schema dump --database-url a.db",
        "-x a=b --env test edit",
    ] {
        assert!(parse(&typed(line)).is_ok(), "{line:?}");
    }
    let cli = parse(&typed(
        "--env test -p app schema --lock-timeout 3 dump -x a=b",
    ))
    .unwrap();
    assert_eq!(cli.global.env.as_deref(), Some("test"));
    assert_eq!(cli.place.package.as_deref(), Some("app"));
    assert_eq!(cli.global.lock_timeout.as_deref(), Some("3"));
    assert_eq!(cli.global.arguments.len(), 1);
}

#[test]
fn each_command_has_examples_that_can_be_typed() {
    let all: Vec<&Example> = EXAMPLES.iter().chain(help::SHARED).collect();
    let mut paths = paths();
    paths.push(String::new());
    for path in &paths {
        let example = all.iter().any(|example| example.command == path);
        assert!(example, "`{path}` has no example");
        let (line, text) = match path.is_empty() {
            true => ("--help".to_owned(), answer("--help")),
            false => (format!("{path} -h"), answer(&format!("{path} -h"))),
        };
        assert!(text.contains("\n\nExamples:\n  cargo migrate "), "{line}");
    }
    for example in all {
        let path = example.command;
        assert!(paths.iter().any(|known| known == path), "{path}");
        assert!(!example.lines.is_empty(), "{path}");
        // no line is broken in 100 columns
        let width = |part: fn(&(&str, &str)) -> usize| example.lines.iter().map(part).max();
        let lines = width(|(line, _)| line.chars().count()).unwrap();
        let words = width(|(_, words)| words.chars().count()).unwrap();
        assert!(
            "  cargo migrate   # ".len() + lines + words <= 100,
            "{path}"
        );
        for arguments in example.arguments() {
            let line = arguments.join(" ");
            let arguments: Vec<OsString> = arguments.into_iter().map(OsString::from).collect();
            assert!(line.starts_with(path.split(' ').next().unwrap()), "{line}");
            if let Err(error) = parse(&arguments) {
                panic!("`{line}`: {error}");
            }
        }
    }
    // and the list of commands says how to read about one of them
    assert!(answer("-h").contains("of one command with 'help COMMAND'"));
    assert!(answer("--help").contains("See `cargo migrate help COMMAND`"));
    assert!(answer("help up").contains("\nUsage: cargo migrate up "));
}

#[test]
fn short_help_fits_a_screen() {
    let columns = 100;
    let mut lines = vec!["-h".to_owned(), "--help".to_owned()];
    lines.extend(paths().iter().map(|path| format!("{path} -h")));
    let mut long = Vec::new();
    for line in &lines {
        let mut command = command().term_width(columns);
        let all = [OsString::from("cargo-migrate")];
        let error = command
            .try_get_matches_from_mut(all.iter().cloned().chain(typed(line)))
            .expect_err("help");
        let text = error.render().to_string();
        let height = text.lines().count();
        if height > 40 && line != "--help" {
            long.push(format!("{line}: {height} lines"));
        }
        let wide = text.lines().filter(|line| line.chars().count() > columns);
        long.extend(wide.map(|wide| format!("{line}: {wide}")));
    }
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn every_command_is_listed_by_what_it_is_for() {
    let text = answer("-h");
    for command in Cli::command()
        .get_subcommands()
        .filter(|one| !one.is_hide_set())
    {
        let name = command.get_name();
        let listed = text
            .lines()
            .filter(|line| line.starts_with(&format!("  {name} ")));
        let listed: Vec<&str> = listed.collect();
        assert_eq!(listed.len(), 1, "{name}: {text}");
        assert!(listed[0].chars().count() <= 80, "{}", listed[0]);
    }
}

#[test]
fn options_are_shown_where_they_mean_something() {
    for (line, shown, hidden) in [
        (
            "completions --help",
            "",
            "--database-url --env -x --package --quiet",
        ),
        (
            "edit --help",
            "--package",
            "--database-url --lock-timeout -x --env",
        ),
        (
            "init --help",
            "--database-url --package",
            "--lock-timeout -x",
        ),
        (
            "heads --help",
            "--package --json",
            "--database-url --lock-timeout -x",
        ),
        (
            "up --help",
            "--database-url --lock-timeout -x --env --manifest-path",
            "",
        ),
        ("schema dump --help", "--database-url -x", "--lock-timeout"),
        ("import sqlx --help", "--package", "--database-url"),
        (
            "import alembic --help",
            "--database-url",
            "-x --lock-timeout",
        ),
    ] {
        let text = answer(line);
        let has = |option: &str| {
            text.lines().any(|line| {
                let words = line.trim_start().split([' ', ',', '[']);
                words.take(3).any(|word| word == option)
            })
        };
        for option in shown.split_whitespace() {
            assert!(has(option), "{line} lacks {option}: {text}");
        }
        for option in hidden.split_whitespace() {
            assert!(!has(option), "{line} has {option}: {text}");
        }
        let (own, general) = text.split_once(&format!("\n{GENERAL}:\n")).expect(line);
        assert!(
            !own.contains("--package") && general.contains("--help"),
            "{line}"
        );
    }
}

#[test]
fn words_of_other_tools_work_or_have_an_answer() {
    // diesel, Alembic, sqlx, SeaORM, refinery, Rails
    for line in [
        "upgrade head",
        "downgrade -1",
        "revision -m x",
        "revision --autogenerate -m x",
        "current",
        "stamp head",
        "heads",
        "branches",
        "show x",
        "history -i",
        "merge",
        "edit x",
        "check",
        "init",
        "run",
        "revert -1",
        "redo",
        "list",
        "pending",
        "generate x",
        "status",
        "database create",
        "database drop",
        "reset",
    ] {
        assert!(parse(&typed(line)).is_ok(), "{line}");
    }
    for line in [
        "setup",
        "database setup",
        "migration run",
        "print-schema",
        "ensure_version",
        "ensure-version",
        "list_templates",
        "migrate run",
        "add x",
        "info",
        "fresh",
        "refresh",
        "rollback",
        "undo",
        "version",
        "create x",
        "diff",
        "up -c alembic.ini",
        "up -n other",
        "--name other up",
        "init alembic",
        "init -t generic",
        "new x --version-path other/versions",
        "autogenerate",
        "run --migration-dir x",
        "revert --all",
    ] {
        let text = answer(line);
        assert!(
            text.contains("\n  tip: ") && text.contains('`'),
            "{line}: {text}"
        );
    }
    for line in ["revert", "down"] {
        assert!(answer(line).contains("`cargo migrate down -1`"), "{line}");
    }
    let all = answer("revert --all");
    assert!(
        all.contains("the target `base` of `down` reverts all") && !all.contains("--all-features"),
        "{all}"
    );
    assert!(
        answer("setup").contains(
            "`cargo migrate database create`; then apply the revisions: `cargo migrate up`"
        )
    );
}

#[test]
fn no_tip_is_a_command_that_drops() {
    let foreign = "setup migration print-schema ensure_version migrate add info fresh refresh rollback \
                   undo version create diff";
    let near = "rese rest resett reser reseat revet rset reet dropp drop database-drop databas \
                databse datbase data dat db clean wipe destroy delete truncate purge";
    for word in foreign.split_whitespace().chain(near.split_whitespace()) {
        for line in [word.to_owned(), format!("database {word}")] {
            if parse(&typed(&line)).is_ok() {
                continue;
            }
            let text = answer(&line);
            let tips = text.lines().filter(|line| line.contains("tip:"));
            for tip in tips {
                for command in ["reset", "drop"] {
                    assert!(!tip.contains(command), "{line}: {tip}");
                }
            }
        }
    }
    // an option that is none is no message
    assert!(!answer("new --autogenrate x").contains("as a value"));
}
